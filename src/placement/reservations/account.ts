import { type Capacity, largerOf, sumOf } from '../capacity.js';

const NOTHING: Capacity = {};

/** Amounts by id, and their sum; made anew when one leaves, so that what rounding loses does not pile up. */
class Tally {
  sum = NOTHING;
  private readonly amounts = new Map<string, Capacity>();

  get ids(): string[] {
    return [...this.amounts.keys()];
  }

  add(id: string, amount: Capacity): void {
    this.amounts.set(id, amount);
    this.sum = sumOf(this.sum, amount);
  }

  remove(id: string): void {
    if (this.amounts.delete(id)) this.sum = [...this.amounts.values()].reduce(sumOf, NOTHING);
  }

  moveTo(other: Tally): void {
    for (const [id, amount] of this.amounts) other.add(id, amount);
    this.amounts.clear();
    this.sum = NOTHING;
  }
}

/**
 * What is reserved of one provider: apart those reservations that it may have counted when it last said what
 * is allocated, and those that were made since.
 */
export class Account {
  private readonly counted = new Tally();
  private readonly since = new Tally();

  /** @param allocated what the provider said last, if it is known */
  constructor(private allocated?: Capacity) {}

  get ids(): string[] {
    return [...this.counted.ids, ...this.since.ids];
  }

  /** The sum of all reservations. */
  get reserved(): Capacity {
    return sumOf(this.counted.sum, this.since.sum);
  }

  /** Adds a reservation that was made before the provider last said what is allocated. */
  restore(id: string, resources: Capacity): void {
    this.counted.add(id, resources);
  }

  /** Adds a reservation that is made now. */
  add(id: string, resources: Capacity): void {
    this.since.add(id, resources);
  }

  remove(id: string): void {
    this.counted.remove(id);
    this.since.remove(id);
  }

  /** Notes what the provider says is allocated. If it says so anew, it may have counted all that there is. */
  said(allocated: Capacity): void {
    if (allocated === this.allocated) return;
    this.allocated = allocated;
    this.since.moveTo(this.counted);
  }

  /** What nobody else may reserve: what the provider cannot have counted comes on top of what it says. */
  claimed(allocated: Capacity): Capacity {
    return sumOf(largerOf(allocated, this.counted.sum), this.since.sum);
  }
}
