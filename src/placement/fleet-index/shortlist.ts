import { Best } from '../best.js';
import type { Standing } from './placeable.js';

/**
 * The best of the slots that a query offers, by an order: those that are placeable, and apart from them those
 * that are late, for as long as there are too few others.
 */
export class Shortlist {
  private readonly best: Best<number>;
  private readonly behind: Best<number>;

  constructor(
    limit: number,
    compare: (a: number, b: number) => number,
    private readonly standingOf: (slot: number) => Standing,
  ) {
    this.best = new Best(limit, compare);
    this.behind = new Best(limit, compare);
  }

  /** The placeable ones, best first. */
  get placeable(): readonly number[] {
    return this.best.items;
  }

  /** The late ones, best first; of use only if there are too few placeable ones. */
  get late(): readonly number[] {
    return this.behind.items;
  }

  /** Takes a slot that passed; says whether there are enough, so that no worse one has to be offered. */
  readonly offer = (slot: number): boolean => {
    if (!this.best.wants(slot)) return true;
    const standing = this.standingOf(slot);
    if (standing === 'placeable') this.best.add(slot);
    else if (standing === 'late') this.behind.add(slot);
    return this.best.isFull;
  };
}
