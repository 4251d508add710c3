import { ExpiryEntry } from '../time/expiry-queue.js';
import type { Availability, DecidedAvailability } from '../transition/index.js';

/** No transitions so far: shared, for almost every lease has none that is recent. */
const NEVER: readonly number[] = [];
/** So many transitions within the window make a provider flapping: two complete outages. */
const FLAPPING_CHANGES = 4;
/** Nobody is told less, in milliseconds. */
const MIN_INTERVAL_MS = 1_000;

/**
 * One provider's right to be called available, which ends unless it is renewed. All times are running
 * monotonic milliseconds of the observing process (`RunningClock`), never the provider's own clock. Only the
 * `LeaseTable` changes a lease.
 */
export class Lease extends ExpiryEntry {
  /** The partition of its provider, where the fleet is divided into several. */
  partition = 0;
  /** The decision is from before a restart, and nothing was heard since. */
  recovered = false;
  /** At this time silence has lasted too long. Never moves backwards. */
  deadlineMs: number;
  /** The intervals told in the last three answers: two lost answers in a row cannot hurt. */
  lastToldMs: number;
  secondLastToldMs: number;
  thirdLastToldMs: number;
  /** What `maxAdvertisedMs` gives. */
  durableToldMs: number;
  /** When its last transitions were decided, oldest first; as many as flapping takes. */
  changedAtMs = NEVER;

  /**
   * @param state what was decided last
   * @param receivedAtMs when it was last heard, registered or recovered
   * @param advertisedMs the longest interval that its provider may be acting on
   * @param durableToldMs the longest that a restart would assume, were it now
   */
  constructor(
    readonly name: string,
    public state: DecidedAvailability,
    public receivedAtMs: number,
    advertisedMs: number,
    durableToldMs: number,
  ) {
    super();
    this.deadlineMs = receivedAtMs;
    this.lastToldMs = advertisedMs;
    this.secondLastToldMs = advertisedMs;
    this.thirdLastToldMs = advertisedMs;
    this.durableToldMs = durableToldMs;
  }
}

/**
 * What a restart must know of a lease: the longest interval in milliseconds that its provider may be acting on
 * then. One answer more than J has, for the last one may be lost with this process; and rounded up to what
 * could have been told, so that it does not change with every beat.
 */
export function maxAdvertisedMs(lease: Lease): number {
  return lease.durableToldMs;
}

/** J: the longest interval that its provider may be acting on while this process lives, in milliseconds. */
export function actedOnMs(lease: Lease): number {
  return Math.max(lease.lastToldMs, lease.secondLastToldMs, lease.thirdLastToldMs);
}

/**
 * Notes that `advertisedMs` is told in an answer at `nowMs`, when `longestMs` could have been; whether a restart must
 * know a longer interval now than before. Answers less than a second apart count as one: beats that waited
 * while this process stood still are answered together, too late for the provider to take but the last.
 */
export function noteTold(lease: Lease, advertisedMs: number, longestMs: number, nowMs: number): boolean {
  const durableToldMs = Math.max(actedOnMs(lease), longestMs);
  const longer = durableToldMs > lease.durableToldMs;
  lease.durableToldMs = durableToldMs;
  if (nowMs - lease.receivedAtMs < MIN_INTERVAL_MS) {
    lease.lastToldMs = Math.max(lease.lastToldMs, advertisedMs);
    return longer;
  }
  lease.thirdLastToldMs = lease.secondLastToldMs;
  lease.secondLastToldMs = lease.lastToldMs;
  lease.lastToldMs = advertisedMs;
  return longer;
}

/** Whole beats that have not come although `graceMs` was added to the time of each. */
export function missedBeats(lease: Lease, nowMs: number, baseMs: number, graceMs: number): number {
  const intervalMs = Math.max(baseMs, actedOnMs(lease));
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
