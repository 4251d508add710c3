import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type Keyed, WriteBehind } from '@vitals/core/commit';
import { VitalsError } from '@vitals/core/errors';
import type { GuardedKind, SettledMember } from '@vitals/core/mass-failure';
import { Clock } from '@vitals/core/time';
import { OwnedPartitions } from '../cluster/owned.partitions.js';
import type { AnyChange } from '../database/change.js';
import { Database } from '../database/database.js';
import { DelayLog } from '../database/delay.log.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import type { Row } from '../database/table.js';
import { type Buffering, Buffers } from '../shutdown/stages.js';
import {
  KEPT_MASS_FAILURES,
  MASS_FAILURES,
  massFailuresChanged,
  membersSettled,
  SETTLED_MEMBERS,
  type StoredMassFailure,
} from './mass-failure.rows.js';

/** What could not be written is tried again after a second. */
const PACE = { lingerMs: 1_000, slice: 1 };
/** What is noted is written as one. */
const EVERYTHING: Keyed = { key: 0 };

/** Who follows the members of a kind. */
export interface Follower {
  /** Those that are settled now. */
  settledNow(): readonly SettledMember[];
  /** Ends a mass failure of its kind for an operator; resolves when that is durable. */
  acknowledge(failure: StoredMassFailure): Promise<void>;
  /** Something was made durable of a mass failure of its kind, by this process or another. */
  onDurable(failure: StoredMassFailure, was: StoredMassFailure | undefined, isOwn: boolean): void;
  /** These members are settled durably. */
  onSettled(members: readonly SettledMember[]): void;
  /** How many are away now, of those that there are, in a mass failure that goes on. */
  countsOf(failure: StoredMassFailure): Pick<StoredMassFailure, 'gone' | 'of'>;
}

/**
 * All mass failures, durably: those that go on, and the last that did. Only `MassFailureTracker` changes them. Of several
 * processes on a database the leader notes what begins and ends, and all follow what became durable of it.
 */
@Injectable()
@Buffers()
export class MassFailureDirectory implements OnModuleInit, Buffering {
  private readonly delay = new DelayLog(new Logger('MassFailure'), 'a mass failure waits to be written');
  private readonly byKey = new Map<number, StoredMassFailure>();
  private readonly followers = new Map<GuardedKind, Follower>();
  /** The same as they are durable. */
  private readonly durable = new Map<number, StoredMassFailure>();
  private lastKey = 0;
  private settled: readonly Row<typeof SETTLED_MEMBERS>[] = [];
  /** What changed since it was written: failures by their keys, and the settled members of a kind. */
  private readonly noted = new Set<number | GuardedKind>();
  private beingWritten = 0;
  private readonly behind: WriteBehind<Keyed>;

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    clock: Clock,
    feed: Feed,
    private readonly owned: OwnedPartitions,
  ) {
    this.behind = new WriteBehind(
      clock,
      () => this.write(),
      PACE,
      (error) => this.delay.failed(error),
    );
    feed.on(massFailuresChanged, (failures, isOwn) => this.applyChanged(failures, isOwn));
    feed.on(membersSettled, ({ of, members }) => {
      if (this.isShared) this.followers.get(of)?.onSettled(members);
    });
  }

  /** Whether other processes decide too: then nothing is told before it is durable. */
  get isShared(): boolean {
    return this.database.isShared;
  }

  /** @throws VitalsError `store-unavailable` */
  async onModuleInit(): Promise<void> {
    this.applyChanged(await this.database.select(MASS_FAILURES, { orderBy: ['key'] }), false);
    this.settled = await this.database.select(SETTLED_MEMBERS);
  }

  /** Members that were settled before the restart. */
  settledOf(kind: GuardedKind): readonly SettledMember[] {
    return this.settled.filter((member) => member.kind === kind);
  }

  /** Newest first; with the counts of now, those that go on. */
  all(): StoredMassFailure[] {
    return [...this.byKey.values()].toReversed().map((failure) => this.asOfNow(failure));
  }

  /** The last one in a zone, or in everything; of those, only it may go on. */
  newest(kind: GuardedKind, zone: string | undefined): StoredMassFailure | undefined {
    return [...this.byKey.values()].findLast((failure) => failure.kind === kind && failure.zone === zone);
  }

  /** The one that goes on in a zone, or in everything; `undefined` if none does. */
  ongoing(kind: GuardedKind, zone: string | undefined): StoredMassFailure | undefined {
    return this.ongoingOf(kind).find((failure) => failure.zone === zone);
  }

  /** Those of a kind that go on. */
  ongoingOf(kind: GuardedKind): StoredMassFailure[] {
    return [...this.byKey.values()].filter((failure) => failure.kind === kind && !failure.endedBy);
  }

  /**
   * With the counts of now, if it goes on.
   * @throws VitalsError `mass-failure-not-found`
   */
  get(key: number): StoredMassFailure {
    const failure = this.byKey.get(key);
    if (failure) return this.asOfNow(failure);
    throw new VitalsError(
      'mass-failure-not-found',
      'there is no such mass failure, or it ended long ago; GET /mass-failures lists them',
    );
  }

  /** Says who counts the members of a kind, and ends its mass failures for an operator. */
  followBy(kind: GuardedKind, follower: Follower): void {
    this.followers.set(kind, follower);
  }

  /**
   * Ends a mass failure for an operator, durably; one that has ended stays as it is.
   * @throws VitalsError `mass-failure-not-found`, `store-unavailable`, `overloaded`
   */
  async acknowledge(key: number): Promise<StoredMassFailure> {
    const failure = this.get(key);
    if (!failure.endedBy) await this.followers.get(failure.kind)?.acknowledge(failure);
    return this.get(key);
  }

  /** Notes one that begins. */
  begin(failure: Omit<StoredMassFailure, 'key' | 'endedAtMs' | 'endedBy'>): StoredMassFailure {
    const begun = { ...failure, key: ++this.lastKey, endedAtMs: undefined, endedBy: undefined };
    this.put(begun);
    return begun;
  }

  /** Notes what has become of one; it is written as soon as it can be. */
  put(failure: StoredMassFailure): void {
    this.keep(failure);
    this.note(failure.key);
  }

  /** Notes that others of a kind are settled: those that are when it is written. */
  settle(kind: GuardedKind): void {
    this.note(kind);
  }

  /**
   * Makes durable what is decided; where others decide too, within the transaction.
   * @param decide by what all processes have committed until then @throws as `Journal.commit`
   */
  async decide(decide: () => readonly AnyChange[]): Promise<void> {
    await (this.isShared ? this.journal.commitWithin(decide) : this.journal.commitAll(decide()));
  }

  /** What was noted and is not durable is not so: somebody else decides. */
  forgetNoted(): void {
    for (const key of this.noted) {
      if (typeof key !== 'number') continue;
      const known = this.durable.get(key);
      if (known) this.byKey.set(key, known);
      else this.byKey.delete(key);
    }
    this.noted.clear();
  }

  flush(): Promise<void> {
    return this.behind.flush();
  }

  unwritten(): Readonly<Record<string, number>> {
    return { 'mass failures': this.noted.size + this.beingWritten };
  }

  /** What was noted since it was written is newer than what was written; but what has ended durably stays so. */
  private applyChanged(failures: readonly StoredMassFailure[], isOwn: boolean): void {
    for (const failure of failures) {
      const was = this.durable.get(failure.key);
      this.durable.set(failure.key, failure);
      if (failure.endedBy || !this.noted.has(failure.key)) this.keep(failure);
      if (this.isShared) this.followers.get(failure.kind)?.onDurable(failure, was, isOwn);
    }
  }

  private keep(failure: StoredMassFailure): void {
    this.byKey.set(failure.key, failure);
    this.lastKey = Math.max(this.lastKey, failure.key);
    for (const [key, { endedBy }] of this.byKey) {
      if (this.byKey.size <= KEPT_MASS_FAILURES) break;
      if (!endedBy) continue;
      this.byKey.delete(key);
      this.durable.delete(key);
    }
  }

  private asOfNow(failure: StoredMassFailure): StoredMassFailure {
    return failure.endedBy ? failure : { ...failure, ...this.followers.get(failure.kind)?.countsOf(failure) };
  }

  /** Written in the next turn together with what is noted in this one; or with the next try, if the last one failed. */
  private note(what: number | GuardedKind): void {
    const isFirst = this.noted.size === 0;
    this.noted.add(what);
    this.behind.mark(EVERYTHING);
    if (isFirst) queueMicrotask(() => void this.behind.flush());
  }

  private async write(): Promise<void> {
    const noted = [...this.noted];
    this.noted.clear();
    this.beingWritten = noted.length;
    const stamp = this.owned.leaderStamp;
    let isWritten = false;
    try {
      if (stamp)
        await this.decide(() => {
          isWritten = this.owned.isNewest(stamp);
          return isWritten ? this.changesOf(noted) : [];
        });
      if (!isWritten) this.giveUp(noted);
      this.delay.succeeded();
    } catch (error) {
      for (const what of noted) this.noted.add(what);
      throw error;
    } finally {
      this.beingWritten = 0;
    }
  }

  private giveUp(noted: readonly (number | GuardedKind)[]): void {
    for (const what of noted) this.noted.add(what);
    this.forgetNoted();
  }

  private changesOf(noted: readonly (number | GuardedKind)[]): AnyChange[] {
    const failures = noted.flatMap((key) => (typeof key === 'number' ? (this.byKey.get(key) ?? []) : []));
    const kinds = noted.filter((what) => typeof what === 'string');
    const settledOf = (kind: GuardedKind) => this.followers.get(kind)?.settledNow() ?? [];
    const settled = kinds.map((of) => membersSettled({ of, members: settledOf(of) }));
    return [massFailuresChanged(failures), ...settled];
  }
}
