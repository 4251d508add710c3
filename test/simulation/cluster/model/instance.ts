import {
  advanceOwnership,
  awayFrom,
  type ClusterTimes,
  type Expiry,
  FrontGate,
  type Ownership,
  type OwnershipEvent,
  PartitionEpochs,
  partitionOf,
  type Stamp,
  stampOf,
} from '@vitals/core/cluster';
import type { Fleet, IntervalPolicy, Lease } from '@vitals/core/lease';
import { RunningClock } from '@vitals/core/time';
import type { GroupEvent } from './group.js';
import type { HostClock } from './host-clock.js';
import type { LogRecord, PartitionLog } from './partition-log.js';
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
export class Instance {
  readonly running: RunningClock;
  readonly gates: readonly FrontGate[];
  readonly epochs: PartitionEpochs;
  readonly partitions: readonly RuledPartition[];
  readonly ownerships: Ownership[];
  readonly leases = new Map<string, Lease>();
  readonly outboxes: LogRecord[][];
  readonly positions: number[];
  decisions: Decision[] = [];
  requests: Asked[] = [];
  retries: Asked[] = [];
  answers: { readonly partition: number; readonly event: OwnershipEvent }[] = [];
  applied: number;
  isCrashed = false;
  isPaused = false;

  /** Boots: takes the state of the store, and reads the logs from their ends on. */
  constructor(
    readonly id: string,
    private readonly host: HostClock,
    private readonly around: Surroundings,
  ) {
    const { store, logs, names, policy, times, rules } = around;
    this.running = new RunningClock(host, around.beatMs, around.toleranceMs);
    this.gates = logs.map(() => new FrontGate(times.appendMs));
    this.epochs = rules.epochs ? new PartitionEpochs() : new IgnoredEpochs();
    const fleet: Fleet = { size: 0 };
    this.partitions = logs.map(() => new RuledPartition(this.running, policy, times, fleet, rules));
    this.ownerships = logs.map((_, partition) => awayFrom(partition));
    this.outboxes = logs.map(() => []);
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

  get isWell(): boolean {
    return !this.isCrashed && !this.isPaused;
  }

  partitionOf(name: string): RuledPartition {
    return this.partitions[partitionOf(name, this.partitions.length)] as RuledPartition;
  }

  /** Takes a beat. @returns the interval told in milliseconds; `undefined` if the provider has to go elsewhere */
  accept(name: string): number | undefined {
    const at = partitionOf(name, this.partitions.length);
    const { leases } = this.partitions[at] as RuledPartition;
    const lease = this.leases.get(name) as Lease;
    const sentMs = this.host.monotonicMs();
    if (!this.gates[at]?.admit(sentMs) && this.around.rules.gate) return undefined;
    let answer = leases.answer(lease);
    const toldMs = answer.nextIntervalSeconds * 1_000;
    // it was heard, whether or not what it changes can be written
    this.outboxes[at]?.push({ kind: 'beat', instance: this.id, provider: name, toldMs, sentMs });
    if (answer.transition || answer.advertisedMs !== undefined) {
      const isWritten = this.transaction(() => {
        answer = leases.answer(lease);
        const { transition, advertisedMs } = answer;
        const { id: instance } = this;
        const changes: StoredChange[] = [];
        if (advertisedMs !== undefined) changes.push({ kind: 'advertised', subject: name, advertisedMs });
        if (transition)
          changes.push({
            kind: 'transition',
            transition: {
              subject: name,
              from: lease.state,
              to: 'Available',
              stamp: undefined,
              instance,
              wasHeard: false,
            },
          });
        return changes;
      });
      if (!isWritten) return undefined;
    }
    return toldMs;
  }

  /** Puts a watermark, or the last record of a stop in good order, behind what was taken. */
  mark(kind: 'watermark' | 'farewell' = 'watermark'): void {
    const sentMs = this.host.monotonicMs();
    const { id: instance } = this;
    this.outboxes.forEach((outbox, partition) => {
      if (kind === 'farewell') outbox.push({ kind, instance, sentMs });
      else {
        const hasRefused = this.gates[partition]?.takeRefusal() ?? false;
        outbox.push({ kind, instance, sentMs, hasRefused });
      }
    });
  }

  /** The log takes what waits for one partition, and says so. */
  append(partition: number): void {
    const records = this.takeOutbox(partition);
    const last = records.at(-1);
    if (last === undefined) return;
    this.around.logs[partition]?.append(records);
    this.gates[partition]?.acknowledge(last.sentMs);
  }

  /** What waits for one partition is on its way to the log. */
  takeOutbox(partition: number): LogRecord[] {
    return (this.outboxes[partition] as LogRecord[]).splice(0);
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

  private transaction(decide: () => readonly StoredChange[]): boolean {
    const { store } = this.around;
    if (store.isAway) return false;
    this.follow();
    for (const change of decide()) store.write(change);
    this.follow();
    return true;
  }

  private apply(change: StoredChange): void {
    if (change.kind === 'taken') {
      const { partition, epoch, instance } = change.taken;
      this.epochs.apply(change.taken);
      if (this.around.rules.epochs)
        this.advance(partition, { kind: 'taken', epoch, isOwn: instance === this.id });
      return;
    }
    const name = change.kind === 'transition' ? change.transition.subject : change.subject;
    const { leases } = this.partitionOf(name);
    const lease = this.leases.get(name) as Lease;
    if (change.kind === 'transition') leases.apply(lease, change.transition.to);
    else leases.applyAdvertised(lease, change.advertisedMs);
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
