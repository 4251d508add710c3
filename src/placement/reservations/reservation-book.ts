import { VitalsError } from '../../errors.js';
import type { Capacity } from '../capacity.js';
import { Account } from './account.js';
import { DueHeap } from './due-heap.js';
import { type Reservation, type ReservationChange, reservationNotFound } from './reservation.js';

interface Page {
  reservation: Reservation;
  /** What is being made durable. */
  pending: ReservationChange | undefined;
  /** It waits in the heap for its end. */
  queued: boolean;
}

/**
 * All reservations, and what they take of each provider. What a change takes is taken at once, what it gives
 * back only when it is settled: neither a write under way nor one that failed lets two have the same. There
 * is one change of a reservation at a time. Nothing here looks at a clock.
 */
export class ReservationBook {
  private readonly pages = new Map<string, Page>();
  private readonly accounts = new Map<string, Account>();
  private readonly due = new DueHeap<Page>();

  get size(): number {
    return this.pages.size;
  }

  /** A reservation as it is durable, or as it is being made durable for the first time. */
  get(id: string): Reservation | undefined {
    return this.pages.get(id)?.reservation;
  }

  /** What is reserved of a provider; `undefined` if nothing is. */
  account(provider: string): Account | undefined {
    return this.accounts.get(provider);
  }

  /**
   * Begins a reservation in state `held`; its resources are taken at once.
   * @param allocated what the provider said last
   * @throws VitalsError `request-invalid` if its id is in use
   */
  hold(reservation: Reservation, allocated: Capacity): ReservationChange {
    const { id, provider, resources } = reservation;
    if (this.pages.has(id)) {
      throw new VitalsError('request-invalid', `reservation ${id} exists: give each one an id of its own`);
    }
    const pending = { before: undefined, after: reservation };
    this.pages.set(id, { reservation, pending, queued: false });
    let account = this.accounts.get(provider);
    if (!account) this.accounts.set(provider, (account = new Account(allocated)));
    account.said(allocated);
    account.add(id, resources);
    return pending;
  }

  /**
   * Begins to keep a reservation until it is released; one that is kept already stays so.
   * @throws VitalsError `reservation-expired` from its end on until that is settled; `reservation-not-found` if there
   *   is none, or no longer; `overloaded` while another change of it is being written
   */
  confirm(id: string, nowMs: number): ReservationChange {
    const page = this.page(id);
    const { reservation } = page;
    if (reservation.state === 'held' && nowMs >= reservation.expiresAtMs) {
      throw new VitalsError('reservation-expired', `reservation ${id} has expired: reserve again`);
    }
    return this.begin(page, { ...reservation, state: 'confirmed' });
  }

  /**
   * Begins to end a reservation; its resources stay taken until that is settled.
   * @throws VitalsError `reservation-not-found`, `overloaded` as `confirm` does
   */
  release(id: string): ReservationChange {
    const page = this.page(id);
    return this.begin(page, { ...page.reservation, state: 'released' });
  }

  /** Begins to end up to `limit` held reservations whose time has come, the earliest first. */
  expireDue(nowMs: number, limit: number): ReservationChange[] {
    const changes: ReservationChange[] = [];
    while (changes.length < limit) {
      const page = this.due.takeDue(nowMs);
      if (!page) break;
      page.queued = false;
      const { reservation, pending } = page;
      const isCurrent = this.pages.get(reservation.id) === page;
      if (!isCurrent || pending || reservation.state !== 'held') continue;
      changes.push(this.begin(page, { ...reservation, state: 'expired' }));
    }
    return changes;
  }

  /**
   * Takes note that a change is durable. Nothing happens if its provider was removed meanwhile.
   * @returns whether that gave resources back
   */
  settle(change: ReservationChange): boolean {
    const page = this.end(change);
    if (!page) return false;
    page.reservation = change.after;
    return this.follow(page);
  }

  /**
   * Takes note that a change could not be made durable: all is as it was before.
   * @returns whether that gave resources back
   */
  undo(change: ReservationChange): boolean {
    const page = this.end(change);
    if (!page) return false;
    if (change.before) return this.follow(page);
    this.drop(page.reservation);
    return true;
  }

  /** Takes back what is durable, `held` or `confirmed`, after a restart; what has ended meanwhile is due at once. */
  restore(reservations: Iterable<Reservation>): void {
    for (const reservation of reservations) {
      const { id, provider, resources } = reservation;
      const page = { reservation, pending: undefined, queued: false };
      this.pages.set(id, page);
      let account = this.accounts.get(provider);
      if (!account) this.accounts.set(provider, (account = new Account()));
      account.restore(id, resources);
      this.follow(page);
    }
  }

  /** Ends all reservations of a provider that is gone for good, as it is durable that it is. */
  removeProvider(provider: string): Reservation[] {
    const ids = this.accounts.get(provider)?.ids ?? [];
    const ended = ids.map((id) => (this.pages.get(id) as Page).reservation);
    for (const id of ids) this.pages.delete(id);
    this.accounts.delete(provider);
    return ended;
  }

  private page(id: string): Page {
    const page = this.pages.get(id);
    if (!page) throw reservationNotFound(id);
    return page;
  }

  private begin(page: Page, after: Reservation): ReservationChange {
    if (page.pending) {
      const message = `another change of reservation ${after.id} is being written: try again in a moment`;
      throw new VitalsError('overloaded', message);
    }
    page.pending = { before: page.reservation, after };
    return page.pending;
  }

  private end(change: ReservationChange): Page | undefined {
    const page = this.pages.get(change.after.id);
    if (page?.pending !== change) return undefined;
    page.pending = undefined;
    return page;
  }

  /** Does what the state of a page that is durable asks for; true if that gave resources back. */
  private follow(page: Page): boolean {
    const { reservation } = page;
    switch (reservation.state) {
      case 'held':
        if (!page.queued) this.due.add(page, reservation.expiresAtMs);
        page.queued = true;
        return false;
      case 'confirmed':
        return false;
      case 'released':
      case 'expired':
        this.drop(reservation);
        return true;
      default:
        return reservation.state satisfies never;
    }
  }

  private drop({ id, provider }: Reservation): void {
    this.pages.delete(id);
    const account = this.accounts.get(provider);
    account?.remove(id);
    if (account?.ids.length === 0) this.accounts.delete(provider);
  }
}
