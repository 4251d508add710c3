import type { Stamp } from '@vitals/core/cluster';
import { type Observable, Subject } from 'rxjs';
import { OwnedPartitions } from '../src/cluster/owned.partitions.js';

/** The partitions of a cluster, each given to one of its processes by a test. */
export class Grants {
  private readonly epochs = new Map<number, number>();
  private readonly members: GrantedPartitions[] = [];

  constructor(readonly count = 4) {}

  /** What another process decides for: nothing yet. */
  join(): GrantedPartitions {
    const member = new GrantedPartitions(this);
    this.members.push(member);
    return member;
  }

  /** Gives partitions to a process, all by default. Those that they are taken from know, but for `unaware` ones. */
  give(
    to: GrantedPartitions | undefined,
    partitions: readonly number[] = [...Array(this.count).keys()],
    { unaware }: { readonly unaware?: GrantedPartitions } = {},
  ): void {
    for (const partition of partitions) {
      const epoch = this.epochOf(partition) + 1;
      this.epochs.set(partition, epoch);
      for (const member of this.members) if (member !== unaware && member !== to) member.lose(partition);
      to?.gain({ partition, epoch });
    }
  }

  epochOf(partition: number): number {
    return this.epochs.get(partition) ?? 0;
  }
}

/** What one process decides for, as far as it was told. */
export class GrantedPartitions extends OwnedPartitions {
  private readonly stamps = new Map<number, Stamp>();
  private readonly changedSubject = new Subject<number>();
  readonly changed: Observable<number> = this.changedSubject;

  constructor(private readonly grants: Grants) {
    super();
  }

  get count(): number {
    return this.grants.count;
  }

  stampOf(partition: number): Stamp | undefined {
    return this.stamps.get(partition);
  }

  mayExecute(stamp: Stamp): boolean {
    return this.isNewest(stamp);
  }

  isNewest({ partition, epoch }: Stamp): boolean {
    return this.grants.epochOf(partition) === epoch;
  }

  gain(stamp: Stamp): void {
    this.stamps.set(stamp.partition, stamp);
    this.changedSubject.next(stamp.partition);
  }

  lose(partition: number): void {
    if (this.stamps.delete(partition)) this.changedSubject.next(partition);
  }
}
