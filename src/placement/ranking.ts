import { compareText } from '../order.js';
import { freeOf, RESOURCES } from './capacity.js';
import type { Candidate } from './candidate.js';
import type { Strategy } from './requirement.js';

/** A candidate with its score; the best has the highest. */
export interface Ranked {
  readonly candidate: Candidate;
  /** 0 to 1: the mean free share of its stated resources for `spread`, one minus it for `pack`. */
  readonly score: number;
}

/**
 * The best candidates, best first: those that are late (`Suspect`, or not heard since a restart) behind all
 * others, then by score, then by name. Equal input gives equal output; `random` draws from `seed`.
 * @param limit how many to give; the cost grows with the candidates and only with the logarithm of this
 */
export function rank(
  candidates: Iterable<Candidate>,
  strategy: Strategy,
  seed: number,
  limit = Number.POSITIVE_INFINITY,
): Ranked[] {
  const best: Ranked[] = [];
  for (const candidate of candidates) {
    const ranked = { candidate, score: scoreOf(candidate, strategy, seed) };
    if (best.length >= limit && compareRanked(ranked, best[best.length - 1] as Ranked) >= 0) continue;
    best.splice(placeOf(ranked, best), 0, ranked);
    if (best.length > limit) best.pop();
  }
  return best;
}

function compareRanked(a: Ranked, b: Ranked): number {
  return (
    lateness(a.candidate) - lateness(b.candidate) ||
    b.score - a.score ||
    compareText(a.candidate.name, b.candidate.name)
  );
}

function placeOf(ranked: Ranked, best: readonly Ranked[]): number {
  let low = 0;
  let high = best.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareRanked(best[middle] as Ranked, ranked) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lateness({ availability }: Candidate): number {
  return availability === 'Available' ? 0 : 1;
}

function scoreOf(candidate: Candidate, strategy: Strategy, seed: number): number {
  switch (strategy) {
    case 'spread':
      return freeShare(candidate);
    case 'pack':
      return 1 - freeShare(candidate);
    case 'random':
      return hash(candidate.name, seed);
    default:
      return strategy satisfies never;
  }
}

function freeShare({ capacity, allocated }: Candidate): number {
  const free = freeOf(capacity, allocated);
  const shares = RESOURCES.filter((resource) => capacity[resource]).map(
    (resource) => (free[resource] as number) / (capacity[resource] as number),
  );
  return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** FNV-1a (Fowler, Noll, Vo) of the seed and the name, as a share of 2³². */
function hash(name: string, seed: number): number {
  let state = 0x811c9dc5 ^ seed;
  for (let index = 0; index < name.length; index++) {
    state = Math.imul(state ^ name.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
}
