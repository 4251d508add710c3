import type { ExpiryEntry } from '../time/expiry-queue.js';
import type { Availability, DecidedAvailability } from './transition.js';

/**
 * One provider's right to be called available, which ends unless it is renewed. All times are running
 * monotonic milliseconds of the observing process (`RunningClock`), never the provider's own clock. Only the
 * `LeaseTable` changes a lease.
 */
export interface Lease {
  readonly name: string;
  /** What was decided last, and written durably. */
  state: DecidedAvailability;
  /** The decision is from before a restart, and nothing was heard since. */
  recovered: boolean;
  /** When it was last heard, registered or recovered. */
  receivedAtMs: number;
  /** At this time silence has lasted too long. Never moves backwards. */
  deadlineMs: number;
  /** The intervals told in the last three answers, newest first: two lost answers in a row cannot hurt. */
  told: readonly [number, number, number];
  entry: ExpiryEntry<Lease> | undefined;
}

/** J: the longest interval that its provider may be acting on, in milliseconds. */
export function longestToldMs(lease: Lease): number {
  return Math.max(lease.told[0], lease.told[1], lease.told[2]);
}

/** Whole beats that have not come although `graceMs` was added to the time of each. */
export function missedBeats(lease: Lease, nowMs: number, baseMs: number, graceMs: number): number {
  const intervalMs = Math.max(baseMs, longestToldMs(lease));
  return Math.max(0, Math.floor((nowMs - lease.receivedAtMs - graceMs) / intervalMs));
}

/** The availability at `nowMs`; a passed deadline counts whether or not it was swept yet. */
export function availabilityAt(lease: Lease, nowMs: number, missed: number): Availability {
  if (lease.state === 'Unavailable' || nowMs >= lease.deadlineMs) return 'Unavailable';
  if (lease.state === 'Unknown' || lease.recovered) return 'Unknown';
  return missed >= 1 ? 'Suspect' : 'Available';
}
