import { createHistogram } from 'node:perf_hooks';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { VitalsError } from '@vitals/core/errors';
import { type CheckResult, isTooOld, readTaskDefinition, type TaskDefinition } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { Health, HealthComponent, HealthStatus } from '@vitals/health';
import { AtShutdown } from '../../shutdown/stages.js';
import type { Check } from '../check.js';
import { CheckDirectory } from '../check.directory.js';
import { CheckJudge, type Happening } from '../check.judge.js';
import { TaskUpkeep } from './check.tasks.js';
import { LaneRunner } from './lane.runner.js';
import { type Admission, type Admit, CommandSource } from './task.scheduler.js';

/** Over what time lateness is told, in milliseconds. */
const LATENESS_SPAN_MS = 60_000;
/** Checks that start later than this are not run as they should be, in milliseconds. */
const TOO_LATE_MS = 1_000;

/**
 * Executes the commands of the scheduler, by the five rules of its contract:
 * 1. a message that is no task definition is logged with its position and skipped;
 * 2. `DELETE` is not executed;
 * 3. nor is a command that is older than twice its frequency: what waited out an outage must not become a flood;
 * 4. with a health path it is HTTP (or what the check says), without one a TTL;
 * 5. a failure that lasts removes the check, and then its task is deleted.
 */
@Injectable()
@HealthComponent({ name: 'check-executor', type: 'scheduler.checks' })
export class CheckExecutor implements OnModuleInit {
  private readonly logger = new Logger('Checks');
  /**
   * What became of commands, counted since the start: unreadable are messages that were no task definitions,
   * overlapping are ticks at which the run before was still going on.
   */
  readonly counts = { executed: 0, unreadable: 0, tooOld: 0, overlapping: 0 };
  /** Microseconds from the tick to the start of the run: in the span that goes on, and in the one before. */
  private lateness = createHistogram();
  private latenessBefore = createHistogram();
  private ended = false;

  constructor(
    private readonly directory: CheckDirectory,
    private readonly judge: CheckJudge,
    private readonly runner: LaneRunner,
    private readonly tasks: TaskUpkeep,
    private readonly source: CommandSource,
    private readonly clock: RunningClock,
  ) {}

  onModuleInit(): void {
    this.source.consume((command, position, admit) => this.onCommand(command, position, admit));
  }

  /** What is found from here on is no verdict: the run was cut off. */
  @AtShutdown('stop-judging')
  stop(): void {
    this.ended = true;
  }

  @Interval('check-lateness', LATENESS_SPAN_MS)
  beginSpan(): void {
    this.latenessBefore = this.lateness;
    this.lateness = createHistogram();
  }

  @Health({ name: 'check-executor', kinds: ['wellness'], critical: false })
  check(): HealthStatus {
    const { count } = this.latenessBefore;
    const span = count > 0 ? this.latenessBefore : this.lateness;
    // a percentile of no values looks through every bucket of the histogram
    const p99Ms = span.count > 0 ? Math.round(span.percentile(99) / 1_000) : 0;
    const told = {
      checks: this.directory.size,
      ...this.counts,
      runsInSpan: span.count,
      startLatenessP99Ms: p99Ms,
      startLatenessMaxMs: Math.round(span.max / 1_000),
    };
    let status = HealthStatus.named('check-executor');
    for (const [name, value] of Object.entries(told)) status = status.withAttribute(name, value);
    return p99Ms > TOO_LATE_MS ? status.down(`checks start ${p99Ms} ms late (p99)`) : status.up();
  }

  /** A command came; never throws. @param admit in place of rule 3, where others send the commands */
  onCommand(message: unknown, position: string, admit: Admit = this.admitFresh): void {
    if (this.ended) return;
    const command = this.read(message, position);
    if (!command || command.action === 'DELETE') return;
    const admission = admit(command);
    if (!admission) return;
    const check = this.directory.find(command.name);
    if (!check) return this.tasks.end(command.name);
    if (check.run) this.counts.overlapping++;
    else if (!check.definition.paused && !check.leaving) this.execute(check, admission);
  }

  /** Runs a check now, whatever its schedule says; joins a run that goes on, and begins again if it is defined anew. */
  async runNow(check: Check): Promise<CheckResult | undefined> {
    if (check.isTtl) await this.judgeSafely(check, () => ({ kind: 'due', check }));
    else if (await (check.run ?? this.start(check, this.clock.nowMs(), () => true)))
      return this.runNow(check);
    return check.results.last;
  }

  private readonly admitFresh: Admit = (command) => {
    const nowMs = this.clock.wallMs();
    if (isTooOld(command, nowMs)) this.counts.tooOld++;
    else return { waitedMs: Math.max(0, nowMs - command.start), isHeld: () => true };
    return undefined;
  };

  private execute(check: Check, { waitedMs, isHeld }: Admission): void {
    this.counts.executed++;
    if (check.isTtl) void this.onDeadline(check, isHeld);
    else void this.start(check, this.clock.nowMs() - waitedMs, isHeld);
  }

  private async onDeadline(check: Check, isHeld: () => boolean): Promise<void> {
    let isJudged = false;
    await this.judgeSafely(check, () => {
      isJudged = isHeld() && !check.definition.paused;
      return isJudged ? { kind: 'due', check } : undefined;
    });
    if (isJudged) this.tasks.reschedule(check);
  }

  /** Never rejects. @param tickMs when it was to start, on the running clock */
  private start(check: Check, tickMs: number, isHeld: () => boolean): Promise<boolean> {
    const run: Promise<boolean> = this.run(check, tickMs, isHeld, () => check.run === run)
      .catch((error: unknown) => this.fail(check, error))
      .finally(() => {
        if (check.run === run) check.run = undefined;
      });
    return (check.run = run);
  }

  /** @param counts whether it still is the run of the check; otherwise nothing of it is noted. @returns whether it was not */
  private async run(
    check: Check,
    tickMs: number,
    isHeld: () => boolean,
    counts: () => boolean,
  ): Promise<boolean> {
    const { executeIntervalMs } = check.state;
    let startedAtMs = tickMs;
    const result = await this.runner.run(check, () => {
      startedAtMs = this.clock.nowMs();
      this.lateness.record(Math.max(1, Math.round((startedAtMs - tickMs) * 1_000)));
    });
    let isSuperseded = false;
    let isJudged = false;
    await this.judge.judge(check.id, () => {
      isSuperseded = !this.ended && !counts();
      isJudged = !this.ended && !isSuperseded && isHeld();
      return isJudged ? { kind: 'result', check, result, startedAtMs } : undefined;
    });
    const { state } = check;
    const isOffBeat = state.executeIntervalMs !== executeIntervalMs || state.failingSinceMs !== undefined;
    if (isJudged && isOffBeat) this.tasks.reschedule(check);
    return isSuperseded;
  }

  /** Never rejects. */
  private async judgeSafely(check: Check, happened: () => Happening | undefined): Promise<void> {
    await this.judge.judge(check.id, happened).catch((error: unknown) => this.fail(check, error));
  }

  private fail({ id }: Check, error: unknown): false {
    // whoever judges says so, once
    if (error instanceof VitalsError && error.code === 'store-unavailable') return false;
    const why = error instanceof Error ? error.stack : String(error);
    this.logger.error(`the run of ${id} could not be judged`, why);
    return false;
  }

  private read(message: unknown, position: string): TaskDefinition | undefined {
    try {
      return readTaskDefinition(message);
    } catch (error) {
      if (!(error instanceof VitalsError)) throw error;
      this.counts.unreadable++;
      this.logger.error(`skipped at ${position}: ${error.message}`);
      return undefined;
    }
  }
}
