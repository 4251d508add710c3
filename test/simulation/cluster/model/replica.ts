import { type ClusterTimes, PartitionEpochs, type PartitionTaken, partitionOf } from '@vitals/core/cluster';
import type { Fleet, IntervalPolicy, Lease } from '@vitals/core/lease';
import { RunningClock } from '@vitals/core/time';
import type { HostClock } from './host-clock.js';
import type { PartitionLog } from './partition-log.js';
import { IgnoredEpochs, RuledPartition, type Rules } from './rules.js';
import type { Store, StoredChange } from './store.js';

/** What all instances of a cluster share. */
export interface Surroundings {
  readonly store: Store;
  readonly logs: readonly PartitionLog[];
  readonly names: readonly string[];
  readonly policy: IntervalPolicy;
  readonly times: ClusterTimes;
  readonly rules: Rules;
  /** How often a process promises to read its clock, and what is ordinary lateness; see `RunningClock`. */
  readonly beatMs: number;
  readonly toleranceMs: number;
}

/** What an instance has of everything, by reading the logs and the changes of the store. */
export abstract class Replica {
  readonly running: RunningClock;
  readonly epochs: PartitionEpochs;
  readonly partitions: readonly RuledPartition[];
  readonly leases = new Map<string, Lease>();
  readonly positions: number[];
  applied: number;

  /** Boots: takes the state of the store, and reads the logs from their ends on. */
  constructor(
    readonly id: string,
    protected readonly host: HostClock,
    protected readonly around: Surroundings,
  ) {
    const { store, logs, names, policy, times, rules } = around;
    this.running = new RunningClock(host, around.beatMs, around.toleranceMs);
    this.epochs = rules.epochs ? new PartitionEpochs() : new IgnoredEpochs();
    const fleet: Fleet = { size: 0 };
    this.partitions = logs.map(() => new RuledPartition(this.running, policy, times, fleet, rules));
    this.positions = logs.map(({ end }) => end);
    for (const partition of this.partitions) partition.onCaughtUp();
    for (const name of names) {
      const state = store.states.get(name) ?? 'Unknown';
      const recovered = { name, state, advertisedMs: store.advertisedMs.get(name) ?? 0 };
      const [lease] = this.partitionOf(name).leases.recover([recovered], names.length);
      this.leases.set(name, lease as Lease);
    }
    for (const taken of store.owners.values()) this.epochs.apply(taken);
    this.applied = store.end;
  }

  partitionOf(name: string): RuledPartition {
    return this.partitions[partitionOf(name, this.partitions.length)] as RuledPartition;
  }

  /** Reads up to so many records of a partition. */
  read(partition: number, limit = Number.POSITIVE_INFINITY): void {
    const followed = this.partitions[partition] as RuledPartition;
    for (let count = 0; count < limit; count++) {
      const record = this.around.logs[partition]?.at(this.positions[partition] as number);
      if (record === undefined) return;
      (this.positions[partition] as number)++;
      const { instance, sentMs } = record;
      if (record.kind === 'beat')
        followed.onBeat(this.leases.get(record.provider) as Lease, record.toldMs, instance);
      else if (record.kind === 'watermark') followed.onWatermark(instance, sentMs, record.hasRefused);
      else followed.onFarewell(instance);
    }
  }

  /** Reads its clock, as the schedule of every process does, and gives up who is dead. */
  tick(): void {
    for (const partition of this.partitions) {
      partition.nowMs();
      partition.giveUpDead();
    }
  }

  /** Applies what was committed. */
  follow(): void {
    const { store } = this.around;
    for (let change = store.at(this.applied); change; change = store.at(++this.applied)) this.apply(change);
  }

  protected abstract onTaken(taken: PartitionTaken): void;

  protected transaction(decide: () => readonly StoredChange[]): boolean {
    const { store } = this.around;
    if (store.isAway) return false;
    this.follow();
    for (const change of decide()) store.write(change);
    this.follow();
    return true;
  }

  private apply(change: StoredChange): void {
    if (change.kind === 'taken') {
      this.epochs.apply(change.taken);
      if (this.around.rules.epochs) this.onTaken(change.taken);
      return;
    }
    const name = change.kind === 'transition' ? change.transition.subject : change.subject;
    const { leases } = this.partitionOf(name);
    const lease = this.leases.get(name) as Lease;
    if (change.kind === 'transition') leases.apply(lease, change.transition.to);
    else leases.applyAdvertised(lease, change.advertisedMs);
  }
}
