import { parseBytes, parseCores } from './quantity.js';

/** Amounts of what a provider has or lends: cores for `cpu`, bytes for `memory` and `storage`, a count for `node`. */
export interface Capacity {
  readonly cpu?: number;
  readonly memory?: number;
  readonly storage?: number;
  readonly node?: number;
}

/** The names of resources, in the order in which they are listed. */
export const RESOURCES = ['cpu', 'memory', 'storage', 'node'] as const;

/** One resource. */
export type Resource = (typeof RESOURCES)[number];

/**
 * Reads one amount in the unit of its resource.
 * @throws VitalsError `quantity-invalid`
 */
export function parseAmount(resource: Resource, quantity: number | string): number {
  return resource === 'memory' || resource === 'storage' ? parseBytes(quantity) : parseCores(quantity);
}

/** What is left; a resource that was never stated stays unstated. Never negative. */
export function freeOf(capacity: Capacity, allocated: Capacity): Capacity {
  const free: { -readonly [R in Resource]?: number } = {};
  for (const resource of RESOURCES) {
    const total = capacity[resource];
    if (total !== undefined) free[resource] = Math.max(0, total - (allocated[resource] ?? 0));
  }
  return free;
}
