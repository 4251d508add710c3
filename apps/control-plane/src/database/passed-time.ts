import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock, RunningClock } from '@vitals/core/time';
import { AtShutdown } from '../shutdown/stages.js';
import { DelayLog } from './delay.log.js';
import { changeKind } from './change.js';
import { Database } from './database.js';
import { Journal } from './journal.js';
import { integer, type Row, table } from './table.js';

/** How often it is written how much time has passed, in milliseconds: so much is forgotten at a crash. */
const WRITE_EVERY_MS = 10_000;

/** One row: running time of all control planes on this database, and how far the wall clock was seen to go. */
export const PASSED_TIME = table('passed_time', {
  id: integer().key(),
  totalMs: integer('total'),
  /** Epoch milliseconds. */
  shownMs: integer('shown'),
});

/** Time has passed. */
export const timePassed = changeKind<Omit<Row<typeof PASSED_TIME>, 'id'>>('passed-time', {
  write: (transaction, passed) => transaction.put(PASSED_TIME, [{ id: 1, ...passed }]),
});

/**
 * The time that control planes on this database have been running, over all their lives. Whatever has to last over a
 * restart is measured by it: it goes on where it stood, whatever the wall clock says, and no outage counts. After a
 * crash it may be behind by ten seconds, so that nothing ends too early.
 */
@Injectable()
export class PassedTime implements OnModuleInit {
  private readonly delay = new DelayLog(
    new Logger('PassedTime'),
    'the time that has passed waits to be written',
  );
  /** What was passed before, minus the running time at the start. */
  private offsetMs = 0;
  private shownMs: number;
  private shownAtMs = 0;

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly running: RunningClock,
  ) {
    this.shownMs = clock.wallMs();
  }

  /** @throws VitalsError `store-unavailable` */
  async onModuleInit(): Promise<void> {
    const [passed] = await this.database.select(PASSED_TIME);
    this.shownAtMs = this.running.nowMs();
    this.offsetMs = (passed?.totalMs ?? 0) - this.shownAtMs;
    this.shownMs = passed?.shownMs ?? this.clock.wallMs();
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
    try {
      await this.journal.commit(timePassed({ totalMs: this.nowMs(), shownMs: this.shownMs }));
      this.delay.succeeded();
    } catch (error) {
      this.delay.failed(error);
    }
  }
}
