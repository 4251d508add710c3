import { type Capacity, freeOf, largerOf, shortOf } from './capacity.js';
import type { Choice, Found, Placeable, Standing } from './fleet-index/placeable.js';
import { PlacementIndex } from './fleet-index/placement-index.js';
import type { Requirement } from './requirement.js';
import type { Reservation, ReservationChange } from './reservations/reservation.js';
import { ReservationBook } from './reservations/reservation-book.js';

/** What a caller wants to have held. */
export interface ReservationRequest extends Omit<Choice, 'limit'> {
  /** Not in use yet. */
  readonly id: string;
  readonly requirement: Requirement;
  /** When the reservation ends unless it is confirmed; on the clock by which `confirm` is asked. */
  readonly expiresAtMs: number;
}

type Allocated = Pick<Placeable, 'name' | 'allocated'>;

/**
 * Where work may go, and what is reserved there. Put a provider in when events make it placeable and after
 * anything of it has changed, take it out when they end that. Time is none of its business: `standingOf` is
 * asked about a provider at the moment of a query, so that one whose deadline has passed is never found.
 *
 * Changes of reservations are values: what they take is taken at once, so that two callers never get the same
 * last slot; make them durable, then call `settle`, or `undo` if that failed, and only then answer.
 */
export class Placement<T extends Placeable> {
  private readonly index = new PlacementIndex<T>();
  private readonly book = new ReservationBook();

  /** How many providers are in placement. */
  get size(): number {
    return this.index.size;
  }

  /** How many reservations there are, those that are being made or ended counted. */
  get reservations(): number {
    return this.book.size;
  }

  /** Puts a provider in, in place of the one of the same name. Costs the logarithm of their number. */
  put(entry: T): void {
    this.book.account(entry.name)?.said(entry.allocated);
    this.index.put(entry, this.used(entry));
  }

  /** Takes a provider out; its reservations stay. False if it is not in. */
  remove(name: string): boolean {
    return this.index.remove(name);
  }

  /** Takes out a provider that is gone for good, once that is durable, and gives its reservations, which end. */
  forget(name: string): Reservation[] {
    this.index.remove(name);
    return this.book.removeProvider(name);
  }

  /**
   * The best providers for some work, best first, in the order of `rank`; without a look at all of them.
   * @param standingOf is asked about providers that fit, and only until there are enough
   */
  find(requirement: Requirement, choice: Choice, standingOf: (entry: T) => Standing): Found<T>[] {
    return this.index.find(requirement, choice, standingOf);
  }

  /** What is not free of a provider: the larger of what it says is allocated and what is reserved here. */
  used({ name, allocated }: Allocated): Capacity {
    const account = this.book.account(name);
    return account ? largerOf(allocated, account.reserved) : allocated;
  }

  /**
   * What a reservation has to leave alone: what is used, and on top of what the provider says those
   * reservations that were made since it said so. At least `used`, and more only for a provider that has work
   * which was not reserved here.
   */
  claimed({ name, allocated }: Allocated): Capacity {
    return this.book.account(name)?.claimed(allocated) ?? allocated;
  }

  /**
   * Holds what the work needs at the best provider; `undefined` if nobody has it.
   * @throws VitalsError `request-invalid` if the id is in use
   */
  reserve(request: ReservationRequest, standingOf: (entry: T) => Standing): ReservationChange | undefined {
    const { id, requirement, strategy, seed, expiresAtMs } = request;
    const { resources } = requirement;
    const [best] = this.index.find(requirement, { strategy, seed, limit: 1 }, (entry) => {
      const left = freeOf(entry.capacity, this.claimed(entry));
      return shortOf(left, resources) === undefined ? standingOf(entry) : 'excluded';
    });
    if (!best) return undefined;
    const { name, allocated } = best.entry;
    const change = this.book.hold({ id, provider: name, resources, state: 'held', expiresAtMs }, allocated);
    this.refresh(name);
    return change;
  }

  /** A reservation as it is durable, or as it is being made durable for the first time. */
  reservation(id: string): Reservation | undefined {
    return this.book.get(id);
  }

  /**
   * Begins to keep a reservation until it is released or its provider removed; again, if it is kept already.
   * @throws VitalsError `reservation-expired` from its end on until that is settled; `reservation-not-found` if there is none, or no
   *   longer; `overloaded` while another change of it is being written
   */
  confirm(id: string, nowMs: number): ReservationChange {
    return this.book.confirm(id, nowMs);
  }

  /**
   * Begins to end a reservation; what it holds is free when that is settled.
   * @throws VitalsError `reservation-not-found`, `overloaded` as `confirm` does
   */
  release(id: string): ReservationChange {
    return this.book.release(id);
  }

  /**
   * Begins to end held reservations whose time has come, the earliest first; looks at `limit` of them.
   * @param endsHere whether those of a provider are ended here; others are left to whoever does
   */
  expireDue(nowMs: number, limit: number, endsHere?: (provider: string) => boolean): ReservationChange[] {
    return this.book.expireDue(nowMs, limit, endsHere);
  }

  /**
   * Applies that a reservation was made, here or elsewhere.
   * @param allocated what its provider said last
   */
  applyHeld(reservation: Reservation, allocated: Capacity): void {
    this.book.applyHeld(reservation, allocated);
    this.refresh(reservation.provider);
  }

  /** Applies that a reservation was confirmed, here or elsewhere. */
  applyConfirmed(id: string): void {
    this.book.applyConfirmed(id);
  }

  /** Applies that a reservation has ended, here or elsewhere. */
  applyEnded(id: string): void {
    const ended = this.book.applyEnded(id);
    if (ended) this.refresh(ended.provider);
  }

  /** Applies that all reservations of a provider have ended. */
  applyDropped(provider: string): void {
    this.book.removeProvider(provider);
    this.refresh(provider);
  }

  /** A change is durable: what it gives back is free. Does nothing if its provider was forgotten meanwhile. */
  settle(change: ReservationChange): void {
    if (this.book.settle(change)) this.refresh(change.after.provider);
  }

  /** A change could not be made durable: all is as before. What expired is due again. */
  undo(change: ReservationChange): void {
    if (this.book.undo(change)) this.refresh(change.after.provider);
  }

  /** Takes back reservations that are `held` or `confirmed` after a restart; call it before providers are put in. */
  restore(reservations: Iterable<Reservation>): void {
    this.book.restore(reservations);
  }

  private refresh(name: string): void {
    const entry = this.index.get(name);
    if (entry) this.put(entry);
  }
}
