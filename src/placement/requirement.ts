import type { Capacity } from './capacity.js';

/** Where the next piece of work goes among those that can take it. */
export type Strategy = 'spread' | 'pack' | 'random';

/** All strategies. */
export const STRATEGIES: readonly Strategy[] = ['spread', 'pack', 'random'];

/** What a piece of work needs of a provider; what is absent is not required. */
export interface Requirement {
  readonly serviceType?: string;
  readonly resources: Capacity;
  readonly capabilities: readonly string[];
  readonly region?: string;
  readonly zone?: string;
  /** Every pair is required; a key that is named twice with different values fits nobody. */
  readonly labels: readonly (readonly [key: string, value: string])[];
}
