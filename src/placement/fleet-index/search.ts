import type { Capacity } from '../capacity.js';
import { POSITIONS, type RandomOrder } from '../random-order.js';
import type { Posting } from './facets/posting.js';
import { Selector, visitBits } from './facets/selection.js';
import type { OrderedSlots } from './ordered/ordered-slots.js';
import type { Ordering } from './ordering.js';
import type { Standing } from './placeable.js';
import { Shortlist } from './shortlist.js';
import { Sieve } from './sieve.js';
import type { Slots } from './slots.js';

/** What comparing one slot costs, in steps of a walk; a draw costs as much as a comparison. */
const STEPS_PER_COMPARISON = 2;

/** A walk over so many slots costs no more than one draw: it reads memory from one end to the other. */
const SLOTS_PER_DRAW = 8;

/** A walk over so many slots costs no more than one comparison of a slot that was selected. */
const SLOTS_PER_COMPARISON = 4;

/** So many times the draws that would do if everybody who was selected fitted. */
const PATIENCE = 3;

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

  constructor(
    private readonly slots: Slots<{ readonly name: string }>,
    private readonly ordered: OrderedSlots,
  ) {}

  /**
   * 1. If few slots are selected, all of them are compared.
   * 2. By share, slots are walked in their order until there are enough; who was not selected is passed over.
   * 3. At random, positions are drawn in the order of the seed until there are enough.
   * 4. If draws find too little, those that fit are few: all that are selected are compared.
   */
  run(
    { resources, limit, postings }: Wanted,
    ordering: Ordering,
    standingOf: (slot: number) => Standing,
  ): Shortlist {
    const { walk, drawn } = ordering;
    const { size } = this.slots;
    const { count, slots, bits } = this.selector.select(postings, size);
    const sieve = new Sieve(this.slots, resources, bits);
    const shortlist = () => new Shortlist(limit, ordering.compare, standingOf);
    const steps = (limit * (drawn ? POSITIONS : size)) / count;

    if (drawn && !slots && steps <= count && this.ordered.mayPass(sieve)) {
      const draws = Math.max(size / SLOTS_PER_DRAW, steps * PATIENCE);
      const list = shortlist();
      if (this.draw(drawn, draws / limit, sieve, list)) return list;
    }
    const list = shortlist();
    const few = drawn ? count * SLOTS_PER_COMPARISON <= size : count * STEPS_PER_COMPARISON <= steps;
    const compare = (slot: number) => {
      if (sieve.passes(slot)) list.offer(slot);
    };
    if (slots) slots.forEach(compare);
    else if (few && bits) visitBits(bits, compare);
    // a walk that is not in the order wanted has to see all
    else walk(sieve, (slot) => list.offer(slot) && !drawn);
    return list;
  }

  /**
   * Offers the names of one position after the other until there are enough.
   * @param drawsEach how many draws each name found is worth
   * @returns false if finding enough would take more
   */
  private draw(order: RandomOrder, drawsEach: number, sieve: Sieve, list: Shortlist): boolean {
    const fewest = this.slots.size / SLOTS_PER_DRAW / SLOTS_PER_DRAW;
    let enough = false;
    const visit = (slot: number) => {
      if (sieve.passes(slot)) enough = list.offer(slot);
    };
    for (let place = 0; place < POSITIONS; place++) {
      if (place > fewest && place > drawsEach * (list.placeable.length + 1)) return false;
      this.slots.visitAt(order.positionAt(place), visit);
      if (enough) return true;
    }
    return false;
  }
}
