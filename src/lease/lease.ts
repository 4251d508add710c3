import { ExpiryEntry } from '../time/expiry-queue.js';
import type { Availability, DecidedAvailability } from './transition.js';

/** No transitions so far: shared, for almost every lease has none that is recent. */
const NEVER: readonly number[] = [];
/** So many transitions within the window make a provider flapping: two complete outages. */
const FLAPPING_CHANGES = 4;

/**
 * One provider's right to be called available, which ends unless it is renewed. All times are running
 * monotonic milliseconds of the observing process (`RunningClock`), never the provider's own clock. Only the
 * `LeaseTable` changes a lease.
 */
export class Lease extends ExpiryEntry {
  /** The decision is from before a restart, and nothing was heard since. */
  recovered = false;
  /** At this time silence has lasted too long. Never moves backwards. */
  deadlineMs: number;
  /** The intervals told in the last three answers: two lost answers in a row cannot hurt. */
  lastToldMs: number;
  secondLastToldMs: number;
  thirdLastToldMs: number;
  /** When its last transitions were decided, oldest first; as many as flapping takes. */
  changedAtMs = NEVER;

  /**
   * @param state what was decided last
   * @param receivedAtMs when it was last heard, registered or recovered
   * @param toldMs the longest interval that its provider may be acting on
   */
  constructor(
    readonly name: string,
    public state: DecidedAvailability,
    public receivedAtMs: number,
    toldMs: number,
  ) {
    super();
    this.deadlineMs = receivedAtMs;
    this.lastToldMs = toldMs;
    this.secondLastToldMs = toldMs;
    this.thirdLastToldMs = toldMs;
  }
}

/** J: the longest interval that its provider may be acting on, in milliseconds: what a restart must know. */
export function longestToldMs(lease: Lease): number {
  return Math.max(lease.lastToldMs, lease.secondLastToldMs, lease.thirdLastToldMs);
}

/** Notes the interval that was told in an answer. */
export function noteTold(lease: Lease, toldMs: number): void {
  lease.thirdLastToldMs = lease.secondLastToldMs;
  lease.secondLastToldMs = lease.lastToldMs;
  lease.lastToldMs = toldMs;
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

/** Notes that a transition of this lease was decided at `atMs`. */
export function noteChange(lease: Lease, atMs: number): void {
  lease.changedAtMs = [...lease.changedAtMs.slice(1 - FLAPPING_CHANGES), atMs];
}

/** Whether four transitions lie within the last `windowMs`. */
export function isFlapping({ changedAtMs }: Lease, nowMs: number, windowMs: number): boolean {
  return changedAtMs.length === FLAPPING_CHANGES && nowMs - (changedAtMs[0] as number) <= windowMs;
}
