import { DueHeap } from './due-heap.js';
import type { Reservation, ReservationChange } from './reservation.js';

/** How long what somebody else has to end is left to them before it is looked at again, in milliseconds. */
const LEFT_MS = 1_000;

/** What the book has of one reservation. */
export interface Page {
  reservation: Reservation;
  /** What is being made durable. */
  pending: ReservationChange | undefined;
  /** It waits for its end. */
  queued: boolean;
}

/** Pages by the end of their reservations, each once. */
export class DuePages {
  private readonly heap = new DueHeap<Page>();

  /** Has a page wait for its end, unless it does. */
  add(page: Page, dueMs: number): void {
    if (!page.queued) this.heap.add(page, dueMs);
    page.queued = true;
  }

  /** Takes the page whose end came first, if it has come. */
  take(nowMs: number): Page | undefined {
    const page = this.heap.takeDue(nowMs);
    if (page) page.queued = false;
    return page;
  }

  /** Leaves the end of a page to somebody else, who may have failed by the next time. */
  leave(page: Page, nowMs: number): void {
    this.add(page, nowMs + LEFT_MS);
  }
}
