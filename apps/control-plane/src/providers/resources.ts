import type { FieldFault } from '@vitals/core/errors';
import { type Capacity, parseAmount, RESOURCES } from '@vitals/core/placement';
import { pointerTo } from '@vitals/core/json';
import * as s from '../http/schema.js';
import { invalid } from '../http/validation.js';

/** An amount as it may be given. */
export const Amount = s.component<number | string>('Amount', {
  type: ['number', 'string'],
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  pattern: '^[0-9]{1,18}(\\.[0-9]{1,18})? ?[A-Za-z]{0,3}$',
  description:
    'CPU: cores, or text such as "500m". Memory and storage: bytes, or text such as "1TB" or "8GiB". node: a count.',
  examples: [8, '500m'],
});

/** Amounts as they may be given; other members are passed over. */
export const Amounts = s.component<Readonly<Record<string, unknown>>>('Amounts', {
  type: 'object',
  description: 'Amounts of resources; other members are passed over.',
  properties: Object.fromEntries(
    RESOURCES.flatMap((resource) => [
      [resource, s.ref(Amount)],
      [`total_${resource}`, s.ref(Amount)],
    ]),
  ),
  examples: [{ cpu: 8, memory: '32GB' }],
});

const AMOUNT: s.Schema<number> = { type: 'number', minimum: 0 };

/** Amounts as they are answered. */
export const Capacities: s.Component<Capacity> = s.object(
  'Capacity',
  'Cores of cpu, bytes of memory and storage, a count of node; what was never stated is left out.',
  {},
  { cpu: AMOUNT, memory: AMOUNT, storage: AMOUNT, node: AMOUNT },
);

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
