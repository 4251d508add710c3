import type { Availability, DecidedAvailability, Transition } from '../transition/index.js';

/** How many leases there are in all tables that share it. */
export interface Fleet {
  size: number;
}

/** What a renewal says back. */
export interface Renewal {
  readonly nextIntervalSeconds: number;
  /** Set if this beat changed the availability; the beat is acknowledged only when it is durable. */
  readonly transition: Transition | undefined;
  /**
   * A longer interval may be told now than a restart would assume: the beat is acknowledged only when the
   * `maxAdvertisedMs` of its lease is durable, or a crash now would let its provider wait past its deadline.
   */
  readonly advertisedLonger: boolean;
}

/** A lease as people read it. Durations in milliseconds. */
export interface LeaseView {
  readonly availability: Availability;
  readonly missed: number;
  /** Since it was last heard, registered or recovered. */
  readonly silentMs: number;
  /** Until the deadline; negative once it has passed. */
  readonly remainingMs: number;
  readonly detectionBoundMs: number;
  /** It had four transitions or more within 20 allowed silences, 11 minutes at the defaults. */
  readonly flapping: boolean;
}

/** A lease as it comes back from the store after a restart. */
export interface RecoveredLease {
  readonly name: string;
  readonly state: DecidedAvailability;
  /** The longest interval in milliseconds that its provider may have been told before the restart. */
  readonly advertisedMs: number;
  /** How long ago its last transitions were decided, oldest first, in milliseconds. */
  readonly changedMsAgo?: readonly number[];
}
