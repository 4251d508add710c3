import { type ClusterTimes, FollowedPartition, PartitionEpochs, type Stamp } from '@vitals/core/cluster';
import type { Fleet, IntervalPolicy, Lease } from '@vitals/core/lease';
import type { JudgingTime } from '@vitals/core/time';

/** The rules of the cluster, each of which can be taken away. */
export interface Rules {
  /** The store takes only what the newest owner decided. */
  readonly epochs: boolean;
  /** The clock of a partition waits for watermarks; `received`: it counts by when they were read, not by when they were written. */
  readonly watermarks: boolean | 'received';
  /** Who gets a full deadline when an instance died: all, those whose last beat came through it, or nobody. */
  readonly extension: 'all' | 'via' | 'none';
  /** The state of a lease changes when its transition is committed, and not when it is decided. */
  readonly commitFirst: boolean;
  /** What was found silent is looked at again within the transaction. */
  readonly decideAgain: boolean;
  /** An instance that the log does not hear takes no beats. */
  readonly gate: boolean;
  /** Who was refused gets a full deadline. */
  readonly refusals: boolean;
}

export const ALL_RULES: Rules = {
  epochs: true,
  watermarks: true,
  extension: 'all',
  commitFirst: true,
  decideAgain: true,
  gate: true,
  refusals: true,
};

/** Epochs that nobody looks at. */
export class IgnoredEpochs extends PartitionEpochs {
  override mayCommit(_stamp: Stamp): boolean {
    return true;
  }
}

/** The partition of the product, or one with a rule taken away. */
export class RuledPartition extends FollowedPartition {
  private readonly via = new Map<Lease, string>();

  constructor(
    private readonly time: JudgingTime,
    policy: IntervalPolicy,
    times: ClusterTimes,
    fleet: Fleet,
    private readonly rules: Rules,
  ) {
    super(time, policy, times, fleet);
  }

  override nowMs(): number {
    const nowMs = super.nowMs();
    return this.rules?.watermarks === false ? this.time.nowMs() : nowMs;
  }

  override onWatermark(instance: string, sentMs: number, hasRefused: boolean): void {
    const countedMs = this.rules.watermarks === 'received' ? this.time.nowMs() : sentMs;
    super.onWatermark(instance, countedMs, hasRefused && this.rules.refusals);
  }

  override onBeat(lease: Lease, toldMs: number, instance: string): void {
    super.onBeat(lease, toldMs, instance);
    if (this.rules.extension === 'via') this.via.set(lease, instance);
  }

  protected override extendForDead(dead: readonly string[]): void {
    if (this.rules.extension === 'all') super.extendForDead(dead);
    if (this.rules.extension !== 'via') return;
    for (const [lease, instance] of this.via)
      if (dead.includes(instance) && lease.state !== 'Unavailable') this.leases.registerAgain(lease);
  }
}
