import type { Availability, DecidedAvailability } from '../transition/index.js';
import type { Lease } from './lease.js';
import type { LeaseView, RecoveredLease } from './lease-values.js';

/** The leases of a whole fleet, in one table or in several. Who takes beats and finds silence uses the tables themselves. */
export abstract class Leases {
  /** How many there are, whatever their state. */
  abstract readonly size: number;
  /** For how long a transition counts towards flapping, in milliseconds. */
  abstract readonly flappingWindowMs: number;

  /** Starts a lease for a provider that was never heard. Silence counts from here. */
  abstract register(name: string): Lease;

  /** Extends the lease of a provider that registers again; that is no heartbeat: one that is Unavailable stays so until it sends one. */
  abstract registerAgain(lease: Lease): void;

  /** Ends a lease because its provider is gone on purpose; returns what it was decided to be. */
  abstract revoke(lease: Lease): DecidedAvailability;

  /**
   * Takes the leases of before a restart back, in order. Each gets a full deadline from now, under the longest
   * interval that its provider may have been told then or may be told now, so that no outage of this process
   * marks anybody. What was `Unavailable` stays so.
   */
  abstract recover(recovered: readonly RecoveredLease[], fleetSize?: number): Lease[];

  /** The availability now, a passed deadline included. */
  abstract availability(lease: Lease): Availability;

  /** Whether it had four transitions or more within 20 allowed silences. */
  abstract isFlapping(lease: Lease): boolean;

  /** The lease as it stands now. */
  abstract view(lease: Lease): LeaseView;
}
