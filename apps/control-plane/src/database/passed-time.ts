import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock, RunningClock } from '@vitals/core/time';
import { AtShutdown } from '../shutdown/stages.js';
import { DelayLog } from './delay.log.js';
import { type AnyChange, changeKind } from './change.js';
import { Database } from './database.js';
import { Feed } from './feed.js';
import { Journal } from './journal.js';
import { integer, type Row, table } from './table.js';

/** How often it is written how much time has passed, in milliseconds: so much is forgotten at a crash. */
const WRITE_EVERY_MS = 10_000;
/** So much may be between the times of two processes on one database before the one behind is told, in milliseconds. */
const IN_STEP_MS = 1_000;
/** A process that was told nothing for so long, in milliseconds, is behind nobody: others would have told it. */
const TOLD_WITHIN_MS = 2 * WRITE_EVERY_MS;

/** One row: running time of all control planes on this database, and how far the wall clock was seen to go. */
export const PASSED_TIME = table('passed_time', {
  id: integer().key(),
  totalMs: integer('total'),
  /** Epoch milliseconds. */
  shownMs: integer('shown'),
});

type Passed = Omit<Row<typeof PASSED_TIME>, 'id'>;

/** Time has passed. */
export const timePassed = changeKind<Passed>('passed-time', {
  write: (transaction, passed) => transaction.put(PASSED_TIME, [{ id: 1, ...passed }]),
});

/** Time has passed for a process of several: it never goes back, and whoever is behind goes on from there. */
export const timeTold = changeKind<Passed>('passed-time-told', {
  async write(transaction, { totalMs, shownMs }) {
    const [before] = await transaction.select(PASSED_TIME);
    const newest = {
      totalMs: Math.max(totalMs, before?.totalMs ?? 0),
      shownMs: Math.max(shownMs, before?.shownMs ?? 0),
    };
    await transaction.put(PASSED_TIME, [{ id: 1, ...newest }]);
    return newest;
  },
  keys: () => [1],
});

/**
 * The time that control planes on this database have been running, over all their lives. Whatever has to last over a
 * restart is measured by it: it goes on where it stood, whatever the wall clock says, and no outage counts. After a
 * crash it may be behind by some ten seconds, so that nothing ends too early.
 *
 * Of several processes it is the time of whichever is ahead, and not their sum: whoever hears of a time that is behind
 * its own says so at once, and whoever is behind goes on from what is said. One that has just started or stood still may
 * be behind until then (`maybeBehindMs`).
 */
@Injectable()
export class PassedTime implements OnApplicationBootstrap, OnModuleInit {
  private readonly delay = new DelayLog(
    new Logger('PassedTime'),
    'the time that has passed waits to be written',
  );
  /** What was passed before, minus the running time at the start. */
  private offsetMs = 0;
  private shownMs: number;
  private shownAtMs = 0;
  /** When a time was told last by anybody, on the running clock. */
  private toldAtMs = Number.NEGATIVE_INFINITY;
  /** By how much others may be ahead who were not heard, and until when, on the running clock. */
  private doubtMs = 0;
  private doubtfulUntilMs = Number.NEGATIVE_INFINITY;
  /** Standstills of this process that are accounted for. */
  private pausedMs = 0;

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly running: RunningClock,
    feed: Feed,
  ) {
    this.shownMs = clock.wallMs();
    feed.on(timeTold, (told) => this.follow(told));
  }

  /** @throws VitalsError `store-unavailable` */
  async onModuleInit(): Promise<void> {
    const [passed] = await this.database.select(PASSED_TIME);
    this.shownAtMs = this.running.nowMs();
    this.offsetMs = (passed?.totalMs ?? 0) - this.shownAtMs;
    this.shownMs = passed?.shownMs ?? this.clock.wallMs();
    this.pausedMs = this.running.pausedMs;
    if (this.database.isShared) this.doubt(TOLD_WITHIN_MS);
  }

  /** Others hear where this process begins, and tell it if they are ahead. */
  onApplicationBootstrap(): void {
    if (this.database.isShared) void this.write();
  }

  /** How far the time of this process may be behind that of others, in milliseconds; 0 unless there are others. */
  maybeBehindMs(): number {
    if (!this.database.isShared) return 0;
    const nowMs = this.running.nowMs();
    const stoodMs = this.running.pausedMs - this.pausedMs;
    this.pausedMs += stoodMs;
    if (nowMs >= this.doubtfulUntilMs) this.doubtMs = 0;
    if (stoodMs > 0) this.doubt(stoodMs);
    return this.doubtMs;
  }

  /** Milliseconds that have passed; not before `onModuleInit`. */
  nowMs(): number {
    return this.at(this.running.nowMs());
  }

  /** The same for another time of the running clock of this process. */
  at(runningMs: number): number {
    return runningMs + this.offsetMs;
  }

  /** The time of the running clock of this process at which so much has passed; before its start if that was before. */
  runningAt(passedMs: number): number {
    return passedMs - this.offsetMs;
  }

  /**
   * The wall clock, as far as time has been seen to pass for it: it follows the wall clock, but goes no faster than
   * running time. What is deleted for its age is deleted by this, so that a clock that is far ahead deletes nothing.
   */
  shownWallMs(): number {
    const wallMs = this.clock.wallMs();
    const nowMs = this.running.nowMs();
    this.shownMs += Math.min(Math.max(0, wallMs - this.shownMs), nowMs - this.shownAtMs);
    this.shownAtMs = nowMs;
    return Math.min(this.shownMs, wallMs);
  }

  /** The last time when judging ends: what lasts over a restart goes on from there. */
  @AtShutdown('stop-judging')
  @Interval('passed-time', WRITE_EVERY_MS)
  async write(): Promise<void> {
    this.shownWallMs();
    const { isShared } = this.database;
    if (isShared && this.told().length === 0) return;
    try {
      if (isShared) await this.journal.commitAll(() => this.told());
      else await this.journal.commit(timePassed(this.passed()));
      this.delay.succeeded();
    } catch (error) {
      this.delay.failed(error);
    }
  }

  private doubt(byMs: number): void {
    // what the others tell at least so often is known before anything is decided
    this.doubtMs = Math.min(TOLD_WITHIN_MS, this.doubtMs + byMs);
    this.doubtfulUntilMs = this.running.nowMs() + TOLD_WITHIN_MS;
  }

  private passed(): Passed {
    return { totalMs: this.nowMs(), shownMs: this.shownMs };
  }

  /** What is told to the others: nothing if anybody told the time just now, and this process was not behind it. */
  private told(): readonly AnyChange[] {
    const isTold = this.running.nowMs() - this.toldAtMs < WRITE_EVERY_MS / 2;
    return isTold && this.maybeBehindMs() === 0 ? [] : [timeTold(this.passed())];
  }

  private follow({ totalMs, shownMs }: Passed): void {
    const runningMs = this.running.nowMs();
    const aheadMs = this.at(runningMs) - totalMs;
    this.shownMs = Math.max(this.shownMs, shownMs);
    if (aheadMs > IN_STEP_MS) {
      this.toldAtMs = Number.NEGATIVE_INFINITY;
      return void this.write();
    }
    this.toldAtMs = runningMs;
    this.offsetMs += Math.max(0, -aheadMs);
  }
}
