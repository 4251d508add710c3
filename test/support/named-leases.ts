import {
  type IntervalPolicy,
  type Lease,
  LeaseTable,
  type LeaseView,
  maxAdvertisedMs,
  type RecoveredLease,
  type Renewal,
} from '../../src/lease/index.js';
import type { Availability, DecidedAvailability, Transition } from '../../src/transition/index.js';
import type { RunningClock } from '../../src/time/index.js';

/** A lease table whose leases are called by name, as a control plane does through its directory. */
export class NamedLeases {
  private readonly table: LeaseTable;
  private readonly leases = new Map<string, Lease>();

  constructor(clock: RunningClock, policy: IntervalPolicy) {
    this.table = new LeaseTable(clock, policy);
  }

  get size(): number {
    return this.table.size;
  }

  has(name: string): boolean {
    return this.leases.has(name);
  }

  register(name: string): void {
    const lease = this.leases.get(name);
    if (lease) this.table.registerAgain(lease);
    else this.leases.set(name, this.table.register(name));
  }

  renew(name: string): Renewal | undefined {
    return this.on(name, (lease) => this.table.renew(lease));
  }

  revoke(name: string): DecidedAvailability | undefined {
    const state = this.on(name, (lease) => this.table.revoke(lease));
    this.leases.delete(name);
    return state;
  }

  sweep(limit: number): Transition[] {
    return this.table.sweep(limit);
  }

  recover(recovered: readonly RecoveredLease[]): void {
    for (const lease of this.table.recover(recovered)) this.leases.set(lease.name, lease);
  }

  availability(name: string): Availability | undefined {
    return this.on(name, (lease) => this.table.availability(lease));
  }

  view(name: string): LeaseView | undefined {
    return this.on(name, (lease) => this.table.view(lease));
  }

  advertisedMs(name: string): number {
    return this.on(name, maxAdvertisedMs) ?? 0;
  }

  private on<T>(name: string, call: (lease: Lease) => T): T | undefined {
    const lease = this.leases.get(name);
    return lease && call(lease);
  }
}
