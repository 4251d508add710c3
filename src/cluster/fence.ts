/** What a decision of an owner carries: for which partition it was decided, and by which of its owners. */
export interface Stamp {
  readonly partition: number;
  /** Which ownership of the partition it is: raised by one with each, from 1. */
  readonly epoch: number;
}

/** That an instance took a partition: the newest of a partition says whose decisions count. */
export interface PartitionTaken extends Stamp {
  readonly instance: string;
}

/**
 * The newest epoch of each partition, as far as the change log was applied. The store has the newest of all, for it
 * applies what others committed before it writes; a copy may be behind.
 */
export class PartitionEpochs {
  private readonly newest = new Map<number, PartitionTaken>();

  /** The newest epoch known of a partition; 0 if nobody took it yet. */
  epochOf(partition: number): number {
    return this.newest.get(partition)?.epoch ?? 0;
  }

  /** Who took a partition last. */
  ownerOf(partition: number): string | undefined {
    return this.newest.get(partition)?.instance;
  }

  /** What makes this instance the owner, decided within the transaction that commits it. */
  raise(partition: number, instance: string): PartitionTaken {
    return { partition, epoch: this.epochOf(partition) + 1, instance };
  }

  /** Applies that a partition was taken; whether it is news. */
  apply(taken: PartitionTaken): boolean {
    if (taken.epoch <= this.epochOf(taken.partition)) return false;
    this.newest.set(taken.partition, taken);
    return true;
  }

  /** The rule of the store: it takes a decision only from the newest owner. Asked within the transaction. */
  mayCommit({ partition, epoch }: Stamp): boolean {
    return epoch === this.epochOf(partition);
  }

  /** The rule of executors: a command of an older epoch than the newest known one is dropped. */
  mayExecute({ partition, epoch }: Stamp): boolean {
    return epoch >= this.epochOf(partition);
  }
}
