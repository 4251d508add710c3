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

  /** A reservation begins only now, whatever the provider has said since it was added. */
  renew(id: string, resources: Capacity): void {
    this.remove(id);
    this.add(id, resources);
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

/** The accounts of all providers of which anything is reserved. */
export class Accounts {
  private readonly byProvider = new Map<string, Account>();

  find(provider: string): Account | undefined {
    return this.byProvider.get(provider);
  }

  /** The account of a provider, which begins with `allocated` if there is none yet. */
  open(provider: string, allocated?: Capacity): Account {
    const account = this.find(provider) ?? new Account(allocated);
    this.byProvider.set(provider, account);
    return account;
  }

  /** Ends the account of a provider. @returns the ids of its reservations */
  close(provider: string): readonly string[] {
    const ids = this.find(provider)?.ids ?? [];
    this.byProvider.delete(provider);
    return ids;
  }

  /** Takes a reservation out; without any left the account ends. */
  remove(provider: string, id: string): void {
    const account = this.find(provider);
    account?.remove(id);
    if (account?.ids.length === 0) this.byProvider.delete(provider);
  }
}
