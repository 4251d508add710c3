import {
  advanceOwnership,
  awayFrom,
  type Expiry,
  type Ownership,
  type OwnershipEvent,
  type PartitionTaken,
  type Stamp,
  stampOf,
} from '@vitals/core/cluster';
import { Front } from './front.js';
import type { GroupEvent } from './group.js';
import type { HostClock } from './host-clock.js';
import type { Surroundings } from './replica.js';
import type { RuledPartition } from './rules.js';

/** A decision that waits to be written. */
interface Decision {
  readonly stamp: Stamp;
  readonly expiry: Expiry;
  /** When the provider was last heard then, by the clock of the partition. */
  readonly heardMs: number;
}

/** A request, or a try of it later, for the epoch of a partition. */
interface Asked {
  readonly partition: number;
  readonly request: number;
  /** When it was asked for, in running time. */
  readonly atMs: number;
}

const BATCH = 1_000;

/** One instance of the control plane, in steps: the code of the product between a group, logs and a store of the model. */
export class Instance extends Front {
  readonly ownerships: Ownership[];
  decisions: Decision[] = [];
  requests: Asked[] = [];
  retries: Asked[] = [];
  answers: { readonly partition: number; readonly event: OwnershipEvent }[] = [];
  isCrashed = false;
  isPaused = false;

  constructor(id: string, host: HostClock, around: Surroundings) {
    super(id, host, around);
    this.ownerships = around.logs.map((_, partition) => awayFrom(partition));
  }

  get isWell(): boolean {
    return !this.isCrashed && !this.isPaused;
  }

  onGroup(event: GroupEvent): void {
    if (event.kind === 'members') {
      for (const partition of this.partitions) {
        partition.onMembers(event.members);
        partition.giveUpDead();
      }
    } else if (event.kind !== 'expelled') this.advance(event.partition, { kind: event.kind });
  }

  /** Finds silence, where it may judge. */
  sweep(partition: number): void {
    const stamp = stampOf(this.ownerships[partition] as Ownership);
    if (!stamp) return;
    const { leases } = this.partitions[partition] as RuledPartition;
    for (const expiry of leases.findExpired(BATCH)) {
      this.decisions.push({ stamp, expiry, heardMs: expiry.lease.receivedAtMs });
      if (!this.around.rules.commitFirst) leases.apply(expiry.lease, 'Unavailable');
    }
  }

  /** Writes what was decided. */
  commit(): void {
    if (this.decisions.length === 0) return;
    const { commitFirst, decideAgain } = this.around.rules;
    this.transaction(() => {
      const decisions = this.decisions.splice(0);
      const taken = decisions.filter(({ stamp, expiry: { lease } }) => {
        const isStill =
          !decideAgain || !commitFirst || this.partitions[stamp.partition]?.leases.isExpired(lease);
        return isStill && this.epochs.mayCommit(stamp);
      });
      for (const { stamp, expiry } of decisions)
        this.partitions[stamp.partition]?.leases.putBack([expiry.lease]);
      return taken.map(({ stamp, expiry: { lease, transition }, heardMs }) => {
        const { subject, from } = transition as { subject: string; from: 'Available' | 'Unknown' };
        const nowMs = this.partitions[stamp.partition]?.nowMs() ?? 0;
        const wasHeard = lease.receivedAtMs > heardMs && nowMs < lease.deadlineMs;
        const stored = { subject, from, to: 'Unavailable', stamp, instance: this.id, wasHeard } as const;
        return { kind: 'transition', transition: stored };
      });
    });
  }

  /** Commits the next epoch that was asked for; its answer waits. */
  raise(): void {
    const asked = this.requests[0];
    if (!asked) return;
    const { partition, request } = asked;
    let epoch = 0;
    const isWritten = this.transaction(() => {
      const taken = this.epochs.raise(partition, this.id);
      epoch = taken.epoch;
      return [{ kind: 'taken', taken }];
    });
    this.requests.shift();
    const event = isWritten
      ? ({ kind: 'raised', request, epoch } as const)
      : ({ kind: 'raise-failed', request } as const);
    this.answers.push({ partition, event });
  }

  takeAnswer(): void {
    const answer = this.answers.shift();
    if (answer) this.advance(answer.partition, answer.event);
  }

  /** Asks again for the epochs that it waited with for so long. */
  retry(afterMs: number): void {
    const nowMs = this.running.nowMs();
    const due = this.retries.filter(({ atMs }) => nowMs - atMs >= afterMs);
    this.retries = this.retries.filter((each) => !due.includes(each));
    for (const { partition, request } of due) this.advance(partition, { kind: 'retry', request });
  }

  protected onTaken({ partition, epoch, instance }: PartitionTaken): void {
    this.advance(partition, { kind: 'taken', epoch, isOwn: instance === this.id });
  }

  private advance(partition: number, event: OwnershipEvent): void {
    const step = advanceOwnership(this.ownerships[partition] as Ownership, event);
    this.ownerships[partition] = step.ownership;
    for (const effect of step.effects) {
      const atMs = this.running.nowMs();
      if (effect.kind === 'raise-epoch') this.requests.push({ partition, request: effect.request, atMs });
      else if (effect.kind === 'raise-later') this.retries.push({ partition, request: effect.request, atMs });
      else if (effect.kind === 'rebuild') {
        this.partitions[partition]?.rebuild();
        this.advance(partition, { kind: 'rebuilt', epoch: effect.epoch });
      } else this.drop(partition);
    }
  }

  private drop(partition: number): void {
    const dropped = this.decisions.filter(({ stamp }) => stamp.partition === partition);
    this.decisions = this.decisions.filter(({ stamp }) => stamp.partition !== partition);
    this.partitions[partition]?.leases.putBack(dropped.map(({ expiry }) => expiry.lease));
  }
}
