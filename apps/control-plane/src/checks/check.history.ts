import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import {
  type BucketWidth,
  type CheckResult,
  type KeyedBucket,
  type UptimeBucket,
  WIDTH_MS,
} from '@vitals/core/check';
import { WriteBehind } from '@vitals/core/commit';
import { RunningClock } from '@vitals/core/time';
import type { RecordedTransition } from '@vitals/core/transition';
import { atLeast, below, Database, oneOf } from '../database/database.js';
import { DelayLog } from '../database/delay.log.js';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import { TRANSITIONS } from '../database/transition.record.js';
import { type Buffering, Buffers } from '../shutdown/stages.js';
import type { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';
import { UPTIME, uptimeCounted, uptimeForgotten } from './check.rows.js';
import { checkProgress, transitionsOfChecks } from './check.transitions.js';

/** Results of a check are written once in so long; transitions at once, by the recorder. */
const PACE = { lingerMs: 30_000, slice: 250 };
/** Counters that decide about the next result are written within so long. */
const SOON = { lingerMs: 500, slice: 250 };
/** Buckets that are written at a time, and that may wait while the store is away. */
const BUCKETS = { slice: 1_500, most: 300_000 };
/** How often full buckets are written, in milliseconds. */
const FLUSH_EVERY_MS = 5_000;
/** How often the past is cut off, in milliseconds. */
const FORGET_EVERY_MS = 3_600_000;
/** Buckets are kept for so long, in milliseconds. */
const KEPT_MS = { minute: 6 * WIDTH_MS.hour, hour: 14 * WIDTH_MS.day, day: 400 * WIDTH_MS.day };

/** Keeps how checks went: their last results, and their uptime by minute, hour and day. */
@Injectable()
@Buffers()
export class CheckHistory implements Buffering {
  private readonly logger = new Logger('CheckHistory');
  private readonly resultDelay = new DelayLog(this.logger, 'results of checks wait to be written');
  private readonly uptimeDelay = new DelayLog(this.logger, 'uptime of checks waits to be written');
  private readonly pastDelay = new DelayLog(this.logger, 'the past could not be cut off');
  private readonly behind: WriteBehind<Check>;
  private readonly soon: WriteBehind<Check>;
  private buckets: KeyedBucket[] = [];
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly directory: CheckDirectory,
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: RunningClock,
    private readonly passed: PassedTime,
  ) {
    const onError = (error: unknown): void => this.resultDelay.failed(error);
    const behind: WriteBehind<Check> = new WriteBehind(
      clock,
      (checks) => this.writeProgress(checks, behind),
      PACE,
      onError,
    );
    const soon: WriteBehind<Check> = new WriteBehind(
      clock,
      (checks) => this.writeProgress(checks, soon),
      SOON,
      onError,
    );
    [this.behind, this.soon] = [behind, soon];
  }

  /** A streak began, went on or ended without a transition: a restart must not judge by the one before. */
  noteStreak(check: Check): void {
    this.soon.mark(check);
  }

  /** Notes a result; in maintenance it counts for no uptime. */
  add(check: Check, result: CheckResult): void {
    check.results.add(result);
    this.behind.mark(check);
    if (check.state.maintenanceSinceMs !== undefined) return;
    const { outcome, durationMs, atMs } = result;
    for (const bucket of check.minute.count(check.key, outcome, durationMs, atMs)) this.buckets.push(bucket);
  }

  /** Writes the buckets of minutes that are over. */
  @Interval('check-uptime', FLUSH_EVERY_MS)
  writeBuckets(): Promise<void> {
    return (this.writing = this.writing.then(() => this.writeWaiting()));
  }

  private async writeWaiting(): Promise<void> {
    const buckets = this.buckets;
    this.buckets = [];
    for (let start = 0; start < buckets.length; start += BUCKETS.slice) {
      try {
        await this.journal.commit(uptimeCounted(buckets.slice(start, start + BUCKETS.slice)));
      } catch (error) {
        // the oldest go first if the store stays away
        this.buckets = [...buckets.slice(start), ...this.buckets].slice(-BUCKETS.most);
        return this.uptimeDelay.failed(error);
      }
      this.uptimeDelay.succeeded();
    }
  }

  /** Cuts off the buckets that are kept no longer. */
  @Interval('check-past', FORGET_EVERY_MS)
  async forgetPast(): Promise<void> {
    const nowMs = this.passed.shownWallMs();
    const { minute, hour, day } = KEPT_MS;
    const untilMs = { minute: nowMs - minute, hour: nowMs - hour, day: nowMs - day };
    try {
      await this.journal.commit(uptimeForgotten(untilMs));
      this.pastDelay.succeeded();
    } catch (error) {
      this.pastDelay.failed(error);
    }
  }

  /**
   * The buckets of a check from one epoch time to before another, oldest first; empty ones are left out.
   * @throws VitalsError `store-unavailable`
   */
  async uptime(key: number, width: BucketWidth, fromMs: number, toMs: number): Promise<UptimeBucket[]> {
    const buckets = await this.database.select(UPTIME, {
      members: ['startMs', 'up', 'warning', 'down', 'durationMs'],
      where: { key, width, startMs: atLeast(fromMs) },
      orderBy: ['startMs'],
    });
    return buckets.filter(({ startMs }) => startMs < toMs);
  }

  /**
   * Transitions of services and checks with this id, newest first.
   * @param before only those with a sequence number below this one
   * @throws VitalsError `store-unavailable`
   */
  transitionsOf(subject: string, limit: number, before?: number): Promise<RecordedTransition[]> {
    const sequence = below(before ?? Number.MAX_SAFE_INTEGER);
    return this.database.select(TRANSITIONS, {
      where: { kind: oneOf(['service', 'check'] as const), subject, sequence },
      orderBy: ['sequence'],
      descending: true,
      limit,
    });
  }

  /** What was counted in the minute that goes on is written too; it adds up with what follows. */
  async flush(): Promise<void> {
    // a transition carries how its check went until then, and would overwrite what was written later
    await this.journal.settle(transitionsOfChecks).catch(() => undefined);
    for (const check of this.directory.all()) this.buckets.push(...check.minute.drain(check.key));
    await this.writeBuckets();
    await this.soon.flush();
    await this.behind.flush();
  }

  unwritten(): Readonly<Record<string, number>> {
    return {
      'checks with a streak': this.soon.pending,
      'checks with results': this.behind.pending,
      'buckets of uptime': this.buckets.length,
    };
  }

  /** @param buffer writes those later that cannot be written now */
  private async writeProgress(checks: readonly Check[], buffer: WriteBehind<Check>): Promise<void> {
    const writable = (): readonly Check[] => {
      const there = checks.filter(({ removed }) => !removed);
      for (const check of there) if (this.isChanging(check)) buffer.mark(check);
      return there.filter((check) => !this.isChanging(check));
    };
    if (writable().length === 0) return;
    await this.journal.commitAll(() => {
      const nowMs = this.clock.nowMs();
      return [
        checkProgress(writable().map((check) => ({ key: check.key, progress: check.progress(nowMs) }))),
      ];
    });
    this.resultDelay.succeeded();
  }

  /**
   * Whether something of the check is on its way to the store that says how it went: a transition that was decided before
   * would overwrite what is written now, and what begins it anew would be followed by what was before.
   */
  private isChanging({ id, key }: Check): boolean {
    return this.directory.turns.isTaken(id) || this.journal.isUnsettled(transitionsOfChecks, key);
  }
}
