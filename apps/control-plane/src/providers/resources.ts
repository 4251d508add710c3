import type { FieldFault } from '@vitals/core/errors';
import { type Capacity, parseAmount, RESOURCES } from '@vitals/core/placement';
import { pointerTo } from '@vitals/core/json';
import { invalid } from '../http/validation.js';

/**
 * Reads amounts of resources, named as at registration (`total_cpu`) or as in an update (`cpu`); other members
 * are passed over.
 * @param pointer JSON Pointer of `given` in the request
 * @throws VitalsError `request-invalid`, naming every amount that is wrong
 */
export function readCapacity(given: Readonly<Record<string, unknown>>, pointer: string): Capacity {
  const capacity: Record<string, number> = {};
  const faults: FieldFault[] = [];
  for (const resource of RESOURCES) {
    for (const key of [`total_${resource}`, resource]) {
      const amount = Object.hasOwn(given, key) ? given[key] : undefined;
      if (amount === undefined) continue;
      if (typeof amount !== 'number' && typeof amount !== 'string') {
        faults.push({
          pointer: pointerTo(pointer, key),
          detail: 'must be a number, or a string with a unit',
        });
        continue;
      }
      try {
        capacity[resource] = parseAmount(resource, amount);
      } catch (error) {
        faults.push({ pointer: pointerTo(pointer, key), detail: (error as Error).message });
      }
    }
  }
  if (faults.length > 0) throw invalid(faults);
  return capacity;
}
