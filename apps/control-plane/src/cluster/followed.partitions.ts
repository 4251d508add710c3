import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { FollowedPartition, PartitionedLeases, type Standstill } from '@vitals/core/cluster';
import { type Fleet, IntervalPolicy } from '@vitals/core/lease';
import { RunningClock } from '@vitals/core/time';
import { Settings } from '../settings/settings.js';
import { timesOf } from './cluster.times.js';

/** How often dead instances, and clocks that stand still, are looked for, in milliseconds. */
const LOOK_EVERY_MS = 200;
/** A clock that has stood still for so long is told, in milliseconds. */
const TOLD_AFTER_MS = 5_000;

/** A partition whose clock stands still. */
export interface StoppedPartition extends Standstill {
  readonly partition: number;
}

/** All partitions of the heartbeats, as this instance follows them: their leases, and the clocks that those are judged by. */
@Injectable()
export class FollowedPartitions {
  private readonly logger = new Logger('Cluster');
  private told = false;
  private members: ReadonlySet<string> = new Set();
  private readonly reading = new Set<string>();
  readonly all: readonly FollowedPartition[];
  readonly leases: PartitionedLeases;

  constructor(settings: Settings, running: RunningClock, policy: IntervalPolicy) {
    const fleet: Fleet = { size: 0 };
    const times = timesOf(settings);
    this.all = Array.from(
      { length: settings.kafka.partitions },
      () => new FollowedPartition(running, policy, times, fleet),
    );
    this.leases = new PartitionedLeases(this.all.map(({ leases }) => leases));
  }

  get(partition: number): FollowedPartition {
    return this.all[partition] as FollowedPartition;
  }

  /** An instance said whether it cannot read what is committed. */
  noteStanding(instance: string, isBehind: boolean): void {
    if (isBehind) this.reading.delete(instance);
    else this.reading.add(instance);
  }

  /** Whether another member of the group can read what is committed, as it said last. */
  canOthersRead(own: string): boolean {
    return [...this.members].some((instance) => instance !== own && this.reading.has(instance));
  }

  /** Whom the group of owners knows now. */
  onMembers(members: ReadonlySet<string>): void {
    this.members = members;
    for (const instance of this.reading) if (!members.has(instance)) this.reading.delete(instance);
    for (const partition of this.all) partition.onMembers(members);
  }

  /** Gives every lease of a partition a full deadline: this instance is its owner from now on. */
  rebuild(partition: number): void {
    this.get(partition).rebuild();
  }

  /** The partition that stands still for the longest; `undefined` while all of them run. */
  stopped(): StoppedPartition | undefined {
    return this.all
      .flatMap((each, partition): StoppedPartition[] => {
        const standstill = each.standstill();
        return standstill ? [{ partition, ...standstill }] : [];
      })
      .toSorted((one, other) => other.forMs - one.forMs)[0];
  }

  @Interval('partition-clocks', LOOK_EVERY_MS)
  look(): void {
    const dead = new Set<string>();
    for (const partition of this.all) {
      for (const instance of partition.giveUpDead()) dead.add(instance);
    }
    for (const instance of dead)
      this.logger.warn(`${instance} is dead: every provider has a full deadline from now on`);
    this.tell();
  }

  private tell(): void {
    const stopped = this.stopped();
    const isLong = stopped !== undefined && stopped.forMs > TOLD_AFTER_MS;
    if (isLong === this.told) return;
    this.told = isLong;
    if (stopped && isLong) this.logger.warn(`silence is not counted: ${standstillText(stopped)}`);
    else this.logger.log('silence is counted again');
  }
}

/** Why the clock of a partition stands still, for people. */
export function standstillText({ partition, forMs, why, instance }: StoppedPartition): string {
  const reason = {
    'catching-up': 'its heartbeats are not read to the end',
    'no-instance': 'no instance takes heartbeats',
    silent: `nothing comes of ${instance}`,
    lag: `what ${instance} took comes later and later`,
  }[why];
  return `the clock of partition ${partition} has stood still for ${Math.round(forMs)} ms: ${reason}`;
}
