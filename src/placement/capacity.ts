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

/** What fractions of cores lose when they are added up: 1 − 0.9 is a little less than 0.1. */
export const ROUNDING = 1e-9;

/** Shares are whole multiples of 1 / this: what should be equal is, and 1 − share loses nothing. */
const SHARE_STEPS = 2 ** 40;

type Amounts = { -readonly [R in Resource]?: number };

/**
 * Reads one amount in the unit of its resource.
 * @throws VitalsError `quantity-invalid`
 */
export function parseAmount(resource: Resource, quantity: number | string): number {
  return resource === 'memory' || resource === 'storage' ? parseBytes(quantity) : parseCores(quantity);
}

/** What is left; a resource that was never stated stays unstated. Never negative. */
export function freeOf(capacity: Capacity, allocated: Capacity): Capacity {
  const free: Amounts = {};
  for (const resource of RESOURCES) {
    const total = capacity[resource];
    if (total !== undefined) free[resource] = Math.max(0, total - (allocated[resource] ?? 0));
  }
  return free;
}

/** The first resource of which less is free than is needed, up to what rounding loses; `undefined` if all fit. */
export function shortOf(free: Capacity, needed: Capacity): Resource | undefined {
  return RESOURCES.find((resource) => (free[resource] ?? 0) + ROUNDING < (needed[resource] ?? 0));
}

/** The mean free share of the resources that a provider has at all, 0 to 1; 0 if it stated none. */
export function freeShareOf(capacity: Capacity, allocated: Capacity): number {
  let sum = 0;
  let stated = 0;
  for (const resource of RESOURCES) {
    const total = capacity[resource];
    if (!total) continue;
    sum += Math.max(0, total - (allocated[resource] ?? 0)) / total;
    stated++;
  }
  return stated === 0 ? 0 : Math.round((sum / stated) * SHARE_STEPS) / SHARE_STEPS;
}

/** Of each resource the larger of two amounts. */
export function largerOf(one: Capacity, other: Capacity): Capacity {
  return combined(one, other, Math.max);
}

/** Of each resource the sum of two amounts. */
export function sumOf(one: Capacity, other: Capacity): Capacity {
  return combined(one, other, (a, b) => a + b);
}

function combined(one: Capacity, other: Capacity, combine: (a: number, b: number) => number): Capacity {
  const all: Amounts = {};
  for (const resource of RESOURCES) {
    const [a, b] = [one[resource], other[resource]];
    if (a !== undefined || b !== undefined) all[resource] = combine(a ?? 0, b ?? 0);
  }
  return all;
}
