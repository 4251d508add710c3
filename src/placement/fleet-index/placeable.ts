import type { Candidate } from '../candidate.js';
import type { Strategy } from '../requirement.js';

/**
 * What placement has to know of a provider to which work may go. Its `capacity`, `allocated`, `labels` and
 * `capabilities` are values: something else is put in their place, they are never changed in place.
 */
export interface Placeable extends Pick<
  Candidate,
  'name' | 'serviceType' | 'region' | 'zone' | 'labels' | 'capabilities' | 'capacity' | 'allocated'
> {
  /**
   * Whether it is known to rank behind all others, whatever its standing: it flaps, or was not heard since a
   * restart. A query looks at these only if there are too few others.
   */
  readonly behind: boolean;
}

/** What only the time of the query tells: `late` ranks behind all others, `excluded` is never found. */
export type Standing = 'placeable' | 'late' | 'excluded';

/** How to choose among those that can take the work. */
export interface Choice {
  readonly strategy: Strategy;
  /** What `random` draws from. */
  readonly seed: number;
  /** How many to find, at least 1. */
  readonly limit: number;
}

/** A provider that can take the work; the best has the highest score. */
export interface Found<T> {
  readonly entry: T;
  /** 0 to 1, as `rank` has it. */
  readonly score: number;
  /** Ranked behind all that are not. */
  readonly late: boolean;
}
