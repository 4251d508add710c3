import { VitalsError } from '../../errors.js';
import type { Capacity } from '../capacity.js';

/** `held` ends by itself; `confirmed` lasts until it is released or its provider is removed. */
export type ReservationState = 'held' | 'confirmed' | 'released' | 'expired';

/** Resources of one provider that are kept for one caller. A value: each change gives another one. */
export interface Reservation {
  readonly id: string;
  /** Name of the provider. */
  readonly provider: string;
  readonly resources: Capacity;
  readonly state: ReservationState;
  /** When it ends unless it was confirmed; milliseconds of the clock by which the book is asked. */
  readonly expiresAtMs: number;
}

/**
 * A change of one reservation that has happened in memory as far as it takes something, and not yet as far as
 * it gives something back. Make `after` durable, then settle the change, or undo it if that failed.
 */
export interface ReservationChange {
  /** `undefined` for a new reservation. */
  readonly before: Reservation | undefined;
  readonly after: Reservation;
}

/** @returns `reservation-not-found` */
export function reservationNotFound(id: string): VitalsError {
  return new VitalsError(
    'reservation-not-found',
    `there is no reservation ${JSON.stringify(id.slice(0, MAX_ID))}: it never was, was released or has expired, or its provider was removed`,
  );
}

/** A longer id is not repeated in full. */
const MAX_ID = 64;
