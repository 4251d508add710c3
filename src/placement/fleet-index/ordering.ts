import { RandomOrder } from '../random-order.js';
import type { OrderedSlots, Visit } from './ordered/ordered-slots.js';
import type { Choice } from './placeable.js';
import type { Sieve } from './sieve.js';
import type { Slots } from './slots.js';

/** The order in which one query wants slots. */
export interface Ordering {
  /** Negative if the first slot comes before the second; never 0 for two of them. */
  readonly compare: (a: number, b: number) => number;
  /** 0 to 1; the best has the highest. */
  readonly scoreOf: (slot: number) => number;
  /** Visits those that pass, in this order; if it is drawn, in any. */
  readonly walk: (sieve: Sieve, visit: Visit) => void;
  /** What `random` draws by. */
  readonly drawn?: RandomOrder;
}

/** The order of a strategy, as `rank` has it. */
export function orderingOf(
  { strategy, seed }: Choice,
  slots: Slots<{ readonly name: string }>,
  ordered: OrderedSlots,
): Ordering {
  const share = (slot: number) => slots.share[slot] as number;
  switch (strategy) {
    case 'spread':
      return {
        compare: (a, b) => slots.compareByShare(a, b),
        scoreOf: share,
        walk: (sieve, visit) => ordered.fromEmptiest(sieve, visit),
      };
    case 'pack':
      return {
        compare: (a, b) => share(a) - share(b) || slots.compareByName(a, b),
        scoreOf: (slot) => 1 - share(slot),
        walk: (sieve, visit) => ordered.fromFullest(sieve, visit),
      };
    case 'random': {
      const drawn = new RandomOrder(seed);
      const turn = (slot: number) => drawn.turnOf(slots.hash[slot] as number);
      return {
        compare: (a, b) => turn(a) - turn(b) || slots.compareByName(a, b),
        scoreOf: (slot) => drawn.scoreOf(slots.hash[slot] as number),
        walk: (sieve, visit) => ordered.fromEmptiest(sieve, visit),
        drawn,
      };
    }
    default:
      return strategy satisfies never;
  }
}
