import {
  type IntervalPolicy,
  type Lease,
  LeaseTable,
  type RecoveredLease,
  type Renewal,
} from '@vitals/core/lease';
import { type Clock, RunningClock } from '@vitals/core/time';

/** A lease of before a restart, and when it was last heard. */
export interface RecoveredWithAge extends RecoveredLease {
  readonly heardMsAgo: number;
}

/** How leases are kept: as the product does, or with one of its rules taken away. */
export class Variant {
  readonly name: string = 'product';

  createClock(clock: Clock): RunningClock {
    return new RunningClock(clock);
  }

  createTable(running: RunningClock, policy: IntervalPolicy): LeaseTable {
    return new LeaseTable(running, policy);
  }

  recover(table: LeaseTable, leases: readonly RecoveredWithAge[]): Lease[] {
    return table.recover(leases);
  }

  /** @param _claimedAheadMs how far the clock of the provider is ahead */
  renew(table: LeaseTable, lease: Lease, _claimedAheadMs: number): Renewal {
    return table.renew(lease);
  }
}
