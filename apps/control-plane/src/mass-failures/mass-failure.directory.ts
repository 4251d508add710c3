import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { GuardedKind, SettledMember } from '@vitals/core/mass-failure';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { Database } from '../database/database.js';
import { DelayLog } from '../database/delay.log.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import { type Buffering, Buffers } from '../shutdown/stages.js';
import {
  KEPT_MASS_FAILURES,
  MASS_FAILURES,
  massFailuresChanged,
  membersSettled,
  SETTLED_MEMBERS,
  type StoredMassFailure,
} from './mass-failure.rows.js';

/** How long what could not be written waits until it is tried again, in milliseconds. */
const AGAIN_AFTER_MS = 1_000;

/** Who follows the members of a kind. */
export interface Follower {
  /** Ends a mass failure of its kind for an operator; resolves when that is durable. */
  acknowledge(failure: StoredMassFailure): Promise<void>;
  /** How many are away now, of those that there are, in a mass failure that goes on. */
  countsOf(failure: StoredMassFailure): Pick<StoredMassFailure, 'gone' | 'of'>;
}

/** All mass failures, durably: those that go on, and the last that did. Only `MassFailureTracker` changes them. */
@Injectable()
@Buffers()
export class MassFailureDirectory implements OnModuleInit, Buffering {
  private readonly delay = new DelayLog(new Logger('MassFailure'), 'a mass failure waits to be written');
  private readonly byKey = new Map<number, StoredMassFailure>();
  private readonly followers = new Map<GuardedKind, Follower>();
  private lastKey = 0;
  private settled: Readonly<Record<GuardedKind, readonly SettledMember[]>> = { provider: [], service: [] };
  private readonly unwrittenKeys = new Set<number>();
  private readonly unwrittenSettled = new Map<GuardedKind, () => readonly SettledMember[]>();
  private beingWritten = 0;
  private writing: Promise<void> | undefined;
  private cancelRetry: CancelTimer | undefined;

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: Clock,
    feed: Feed,
  ) {
    feed.on(massFailuresChanged, (failures) => this.applyChanged(failures));
  }

  /** @throws VitalsError `store-unavailable` */
  async onModuleInit(): Promise<void> {
    this.applyChanged(await this.database.select(MASS_FAILURES, { orderBy: ['key'] }));
    const of = (kind: GuardedKind): Promise<SettledMember[]> =>
      this.database.select(SETTLED_MEMBERS, { members: ['key', 'sinceMs'], where: { kind } });
    this.settled = { provider: await of('provider'), service: await of('service') };
  }

  /** Members that were settled before the restart. */
  settledOf(kind: GuardedKind): readonly SettledMember[] {
    return this.settled[kind];
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
    const newest = this.newest(kind, zone);
    return newest?.endedBy ? undefined : newest;
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
    this.unwrittenKeys.add(failure.key);
    this.writeSoon();
  }

  /** Notes that others are settled. @param members called when they are written */
  settle(kind: GuardedKind, members: () => readonly SettledMember[]): void {
    this.unwrittenSettled.set(kind, members);
    this.writeSoon();
  }

  async flush(): Promise<void> {
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    if (this.waiting > 0) this.writeSoon();
    while (this.writing) await this.writing;
  }

  unwritten(): Readonly<Record<string, number>> {
    return { 'mass failures': this.waiting + this.beingWritten };
  }

  /** What was noted since it was written is newer than what was written. */
  private applyChanged(failures: readonly StoredMassFailure[]): void {
    for (const failure of failures) if (!this.unwrittenKeys.has(failure.key)) this.keep(failure);
  }

  private keep(failure: StoredMassFailure): void {
    this.byKey.set(failure.key, failure);
    this.lastKey = Math.max(this.lastKey, failure.key);
    for (const [key, { endedBy }] of this.byKey) {
      if (this.byKey.size <= KEPT_MASS_FAILURES) break;
      if (endedBy) this.byKey.delete(key);
    }
  }

  private asOfNow(failure: StoredMassFailure): StoredMassFailure {
    return failure.endedBy ? failure : { ...failure, ...this.followers.get(failure.kind)?.countsOf(failure) };
  }

  private get waiting(): number {
    return this.unwrittenKeys.size + this.unwrittenSettled.size;
  }

  private writeSoon(): void {
    if (this.cancelRetry) return;
    this.writing ??= Promise.resolve()
      .then(() => this.write())
      .finally(() => {
        this.writing = undefined;
        if (this.waiting > 0) this.writeSoon();
      });
  }

  /** Never throws: what cannot be written is tried again. */
  private async write(): Promise<void> {
    const keys = [...this.unwrittenKeys];
    const settled = [...this.unwrittenSettled];
    this.unwrittenKeys.clear();
    this.unwrittenSettled.clear();
    this.beingWritten = keys.length + settled.length;
    const failures = keys.map((key) => this.byKey.get(key)).filter((one) => one !== undefined);
    try {
      await this.journal.commitAll([
        massFailuresChanged(failures),
        ...settled.map(([of, members]) => membersSettled({ of, members: members() })),
      ]);
      this.delay.succeeded();
    } catch (error) {
      this.delay.failed(error);
      for (const key of keys) this.unwrittenKeys.add(key);
      for (const [of, members] of settled)
        if (!this.unwrittenSettled.has(of)) this.unwrittenSettled.set(of, members);
      this.cancelRetry = this.clock.after(AGAIN_AFTER_MS, () => {
        this.cancelRetry = undefined;
        this.writeSoon();
      });
    } finally {
      this.beingWritten = 0;
    }
  }
}
