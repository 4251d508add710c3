import { partitionOf, type Stamp } from '@vitals/core/cluster';
import { EMPTY, type Observable } from 'rxjs';
import type { Decide } from '../database/decided.commit.js';

/**
 * What this process decides for: everything, unless it is one of several instances. Subjects (providers, services, checks)
 * are divided into partitions by their names, and each partition has one owner at a time.
 */
export abstract class OwnedPartitions {
  /** How many partitions there are; 1 in a process of its own. */
  abstract readonly count: number;

  /** Partitions that became this process's, or are its no more, each after the change. */
  abstract readonly changed: Observable<number>;

  /** What a decision of this process for a partition carries; `undefined` while it may make none. */
  abstract stampOf(partition: number): Stamp | undefined;

  /** Whether no later owner is known; asked within the transaction that commits, where the newest is known. */
  abstract isNewest(stamp: Stamp): boolean;

  /** Whether an execution command is of no earlier owner than the newest that is known. */
  abstract mayExecute(stamp: Stamp): boolean;

  /** The partition of a name. */
  partitionOf(name: string): number {
    return this.count === 1 ? 0 : partitionOf(name, this.count);
  }

  /** Whether this process decides for a name. */
  owns(name: string): boolean {
    return this.stampOf(this.partitionOf(name)) !== undefined;
  }

  /** What a decision on what is no part of any partition carries: it is made by one process of all. */
  get leaderStamp(): Stamp | undefined {
    return this.stampOf(0);
  }

  /**
   * A decision for `Journal.commitWithin` that comes to nothing once somebody else owns the partition.
   * @param decide called within the transaction, by what everybody committed until then
   */
  fenced(stamp: Stamp, decide: Decide): Decide {
    return (reader) => (this.isNewest(stamp) ? decide(reader) : []);
  }
}

const ALWAYS: Stamp = { partition: 0, epoch: 1 };

/** One process that decides for everything. */
export class SolePartition extends OwnedPartitions {
  readonly count = 1;
  readonly changed: Observable<number> = EMPTY;

  stampOf(): Stamp {
    return ALWAYS;
  }

  isNewest(): boolean {
    return true;
  }

  mayExecute(): boolean {
    return true;
  }
}
