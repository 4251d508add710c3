import { VitalsError } from '../../errors.js';
import type { Capacity } from '../capacity.js';
import { type Account, Accounts } from './account.js';
import { DuePages, type Page } from './due-pages.js';
import { type Reservation, type ReservationChange, reservationNotFound } from './reservation.js';

/**
 * All reservations, and what they take of each provider. What a change takes is taken at once, what it gives
 * back only when it is settled: neither a write under way nor one that failed lets two have the same. There
 * is one change of a reservation at a time. Nothing here looks at a clock.
 */
export class ReservationBook {
  private readonly pages = new Map<string, Page>();
  private readonly accounts = new Accounts();
  private readonly due = new DuePages();

  get size(): number {
    return this.pages.size;
  }

  /** A reservation as it is durable, or as it is being made durable for the first time. */
  get(id: string): Reservation | undefined {
    return this.pages.get(id)?.reservation;
  }

  /** What is reserved of a provider; `undefined` if nothing is. */
  account(provider: string): Account | undefined {
    return this.accounts.find(provider);
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
    const account = this.accounts.open(provider, allocated);
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

  /**
   * Begins to end held reservations whose time has come, the earliest first; looks at `limit` of them.
   * @param endsHere whether those of a provider are ended here; others are left to whoever does
   */
  expireDue(
    nowMs: number,
    limit: number,
    endsHere: (provider: string) => boolean = () => true,
  ): ReservationChange[] {
    const changes: ReservationChange[] = [];
    for (let looks = 0; looks < limit;) {
      const page = this.due.take(nowMs);
      if (!page) break;
      const { reservation, pending } = page;
      const isCurrent = this.pages.get(reservation.id) === page;
      if (!isCurrent || pending || reservation.state !== 'held') continue;
      looks++;
      if (endsHere(reservation.provider))
        changes.push(this.begin(page, { ...reservation, state: 'expired' }));
      else this.due.leave(page, nowMs);
    }
    return changes;
  }

  /**
   * Applies that a reservation was made, here or elsewhere.
   * @param allocated what the provider said last
   */
  applyHeld(reservation: Reservation, allocated: Capacity): void {
    const pending = this.pages.get(reservation.id)?.pending ?? this.hold(reservation, allocated);
    this.settle(pending);
  }

  /** Applies that a reservation was confirmed, here or elsewhere; another change of it goes on. */
  applyConfirmed(id: string): void {
    const page = this.pages.get(id);
    if (!page) return;
    page.reservation = { ...page.reservation, state: 'confirmed' };
    if (page.pending?.after.state === 'confirmed') page.pending = undefined;
  }

  /** Applies that a reservation has ended, here or elsewhere. @returns it, if it was there */
  applyEnded(id: string): Reservation | undefined {
    const reservation = this.pages.get(id)?.reservation;
    if (reservation) this.drop(reservation);
    return reservation;
  }

  /**
   * Takes note that a change is durable. Nothing happens if its provider was removed meanwhile.
   * @returns whether that gave resources back
   */
  settle(change: ReservationChange): boolean {
    const page = this.end(change);
    if (!page) return false;
    page.reservation = change.after;
    // nobody was told of it before: the provider cannot have counted it yet
    if (!change.before)
      this.accounts.find(change.after.provider)?.renew(change.after.id, change.after.resources);
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
      this.accounts.open(provider).restore(id, resources);
      this.follow(page);
    }
  }

  /** Ends all reservations of a provider that is gone for good, as it is durable that it is. */
  removeProvider(provider: string): Reservation[] {
    const ids = this.accounts.close(provider);
    const ended = ids.map((id) => (this.pages.get(id) as Page).reservation);
    for (const id of ids) this.pages.delete(id);
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
        this.due.add(page, reservation.expiresAtMs);
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
    this.accounts.remove(provider, id);
  }
}
