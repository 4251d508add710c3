import { compareText } from '../order.js';
import { Best } from './best.js';
import type { Candidate } from './candidate.js';
import { freeShareOf } from './capacity.js';
import { hash32 } from '../hash.js';
import { RandomOrder } from './random-order.js';
import type { Strategy } from './requirement.js';

/** A candidate with its score; the best has the highest. */
export interface Ranked {
  readonly candidate: Candidate;
  /** 0 to 1: the mean free share of its stated resources for `spread`, one minus it for `pack`, drawn for `random`. */
  readonly score: number;
}

/**
 * The best candidates, best first: those that are late (`Suspect`, or not heard since a restart) or flapping
 * behind all others, then by score, then by name. Equal input gives equal output; `random` draws from `seed`.
 * What a `Placement` finds among a whole fleet without a look at all of it is held to this order.
 * @param limit how many to give; the cost grows with the candidates and only with the logarithm of this
 */
export function rank(
  candidates: Iterable<Candidate>,
  strategy: Strategy,
  seed: number,
  limit = Number.POSITIVE_INFINITY,
): Ranked[] {
  const best = new Best(limit, compareRanked);
  const scoreOf = scorer(strategy, seed);
  for (const candidate of candidates) best.add({ candidate, score: scoreOf(candidate) });
  return best.items;
}

function compareRanked(a: Ranked, b: Ranked): number {
  return (
    lateness(a.candidate) - lateness(b.candidate) ||
    b.score - a.score ||
    compareText(a.candidate.name, b.candidate.name)
  );
}

function lateness({ availability, flapping }: Candidate): number {
  return availability === 'Available' && !flapping ? 0 : 1;
}

function scorer(strategy: Strategy, seed: number): (candidate: Candidate) => number {
  switch (strategy) {
    case 'spread':
      return ({ capacity, allocated }) => freeShareOf(capacity, allocated);
    case 'pack':
      return ({ capacity, allocated }) => 1 - freeShareOf(capacity, allocated);
    case 'random': {
      const order = new RandomOrder(seed);
      return ({ name }) => order.scoreOf(hash32(name));
    }
    default:
      return strategy satisfies never;
  }
}
