import type { Capacity } from '../capacity.js';
import { POSITIONS, type RandomOrder } from '../random-order.js';
import type { Posting } from './facets/posting.js';
import { Selector, slotsOf } from './facets/selection.js';
import type { Ordering } from './ordering.js';
import type { Standing } from './placeable.js';
import { Shortlist } from './shortlist.js';
import { Sieve } from './sieve.js';
import type { Slots } from './slots.js';

/** What comparing one slot costs, in steps of a walk or in draws. */
const STEPS_PER_COMPARISON = 2;

/** So many times the draws that would do if all that were selected fitted, before all of them are compared. */
const PATIENCE = 4;

/** What is looked for. */
export interface Wanted {
  readonly resources: Capacity;
  readonly limit: number;
  /** Found must be in all of them. */
  readonly postings: readonly Posting[];
}

/** Finds the first slots of an order that fit, by the way that costs least; all ways give the same. */
export class Search {
  private readonly selector = new Selector();

  constructor(private readonly slots: Slots<{ readonly name: string }>) {}

  /**
   * 1. If few slots are selected, all of them are compared.
   * 2. By share, slots are walked in their order until there are enough; who was not selected is passed over.
   * 3. At random, positions are drawn in the order of the seed until there are enough.
   * 4. If many draws have not found enough, those that fit are few: all slots are walked and compared.
   */
  run(
    { resources, limit, postings }: Wanted,
    ordering: Ordering,
    standingOf: (slot: number) => Standing,
  ): Shortlist {
    const { walk, drawn } = ordering;
    const { count, slots, bits } = this.selector.select(postings, this.slots.size);
    const sieve = new Sieve(this.slots, resources, bits);
    const steps = (limit * (drawn ? POSITIONS : this.slots.size)) / count;
    const few = count * STEPS_PER_COMPARISON <= steps;
    const selected = slots ?? (few && bits ? slotsOf(bits) : undefined);
    const shortlist = () => new Shortlist(limit, ordering.compare, standingOf);

    if (drawn && !selected && !few) {
      const list = shortlist();
      if (this.draw(drawn, Math.min(steps * PATIENCE, POSITIONS), sieve, list)) return list;
    }
    const list = shortlist();
    if (selected) {
      for (const slot of selected) if (sieve.passes(slot)) list.offer(slot);
    } else {
      // a walk that is not in the order wanted has to see all
      walk(sieve, (slot) => list.offer(slot) && !drawn);
    }
    return list;
  }

  /** Offers the names of the first so many positions; false if that was not enough. */
  private draw(order: RandomOrder, draws: number, sieve: Sieve, list: Shortlist): boolean {
    let enough = false;
    const visit = (slot: number) => {
      if (sieve.passes(slot)) enough = list.offer(slot);
    };
    for (let place = 0; place < draws && !enough; place++) {
      this.slots.visitAt(order.positionAt(place), visit);
    }
    return enough;
  }
}
