import { type Lease, Leases, type LeaseView, type RecoveredLease } from '../lease/index.js';
import type { Availability, DecidedAvailability } from '../transition/index.js';
import type { LeaseCopy } from './lease-copy.js';
import { partitionOf } from './partition.js';

/** The leases of a fleet whose providers are divided into partitions, by their names. */
export class PartitionedLeases extends Leases {
  /** @param copies one of each partition, at least one, that share their `Fleet` */
  constructor(private readonly copies: readonly LeaseCopy[]) {
    super();
  }

  get size(): number {
    return (this.copies[0] as LeaseCopy).size;
  }

  get flappingWindowMs(): number {
    return (this.copies[0] as LeaseCopy).flappingWindowMs;
  }

  /** The leases of the partition that a lease is of. */
  copyOf({ partition }: Lease): LeaseCopy {
    return this.copies[partition] as LeaseCopy;
  }

  register(name: string): Lease {
    const partition = this.partitionOf(name);
    const lease = (this.copies[partition] as LeaseCopy).register(name);
    lease.partition = partition;
    return lease;
  }

  registerAgain(lease: Lease): void {
    this.copyOf(lease).registerAgain(lease);
  }

  revoke(lease: Lease): DecidedAvailability {
    return this.copyOf(lease).revoke(lease);
  }

  recover(recovered: readonly RecoveredLease[], fleetSize?: number): Lease[] {
    return recovered.map((one) => {
      const partition = this.partitionOf(one.name);
      const copy = this.copies[partition] as LeaseCopy;
      const [lease] = copy.recover([one], fleetSize) as [Lease];
      lease.partition = partition;
      return lease;
    });
  }

  availability(lease: Lease): Availability {
    return this.copyOf(lease).availability(lease);
  }

  isFlapping(lease: Lease): boolean {
    return this.copyOf(lease).isFlapping(lease);
  }

  view(lease: Lease): LeaseView {
    return this.copyOf(lease).view(lease);
  }

  private partitionOf(name: string): number {
    return partitionOf(name, this.copies.length);
  }
}
