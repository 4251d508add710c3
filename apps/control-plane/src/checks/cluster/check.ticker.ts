import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Stamp } from '@vitals/core/cluster';
import { staggerMs } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { Instance } from '../../cluster/cluster.identity.js';
import { ClusterLog, type LogRecord } from '../../cluster/cluster-log.js';
import { OwnedPartitions } from '../../cluster/owned.partitions.js';
import { DelayLog } from '../../database/delay.log.js';
import { Settings } from '../../settings/settings.js';
import { AtShutdown } from '../../shutdown/stages.js';
import type { Check } from '../check.js';
import { type CheckChanged, CheckDirectory } from '../check.directory.js';
import { Ticking, TickQueue } from '../execution/tick.queue.js';
import { keyOf } from '../execution/task.scheduler.js';
import { commandOf, dueMs, everyMs } from './check.command.js';
import { JudgedChecks } from './judged.checks.js';

/** How often what is due is sent, in milliseconds: together, as far as it is of one partition. */
const LOOK_EVERY_MS = 20;
/**
 * What was due while a partition had no owner is spread over so long, in milliseconds; it may be that it was just run, and the
 * result is not known yet.
 */
const SPREAD_MS = 10_000;
/** A deadline of a TTL that was not judged is told again after so long, in milliseconds. */
const ASK_AGAIN_MS = 1_000;
/** Commands that may be on their way to a log that does not answer. */
const MAX_ON_THEIR_WAY = 10_000;

class Task extends Ticking {
  constructor(
    readonly check: Check,
    readonly partition: number,
    everyMsNow: number,
    dueMsNow: number,
  ) {
    super(everyMsNow, dueMsNow);
  }
}

/**
 * Ticks the checks of the partitions that this instance owns, and sends a command at each tick. What it ticks follows
 * from its copy of the checks; so who takes a partition has nothing to read first. A tick for which there is no log is
 * not caught up.
 */
@Injectable()
export class CheckTicker implements OnApplicationBootstrap {
  private readonly delay = new DelayLog(new Logger('Scheduler'), 'checks are not executed', 'error');
  private readonly tasks = new Map<Check, Task>();
  private readonly queue = new TickQueue<Task>();
  private readonly owned = new Set<number>();
  private onTheirWay = 0;
  private running = false;
  readonly counts = { sent: 0, dropped: 0 };

  constructor(
    private readonly directory: CheckDirectory,
    private readonly partitions: OwnedPartitions,
    private readonly log: ClusterLog,
    private readonly instance: Instance,
    private readonly settings: Settings,
    private readonly clock: RunningClock,
    private readonly judged: JudgedChecks,
  ) {}

  onApplicationBootstrap(): void {
    this.running = true;
    this.directory.changed.subscribe((change) => this.onChange(change));
    this.judged.applied.subscribe((check) => this.onJudged(check));
    this.partitions.changed.subscribe((partition) => this.onPartition(partition));
    for (let partition = 0; partition < this.partitions.count; partition++) this.onPartition(partition);
  }

  @AtShutdown('stop-judging')
  stop(): void {
    this.running = false;
  }

  /** How many checks this instance ticks. */
  get size(): number {
    return this.tasks.size;
  }

  @Interval('check-ticker', LOOK_EVERY_MS)
  tick(): void {
    const nowMs = this.clock.nowMs();
    if (!this.running) return;
    const due = new Map<number, LogRecord[]>();
    for (const { task, lateMs } of this.queue.due(nowMs)) {
      const stamp = this.partitions.stampOf(task.partition);
      if (!stamp) continue;
      const command = this.commandAt(task, stamp, lateMs, nowMs);
      if (!command) continue;
      const records = due.get(task.partition) ?? [];
      records.push(command);
      due.set(task.partition, records);
    }
    for (const [partition, records] of due) void this.send(partition, records);
  }

  private commandAt(task: Task, stamp: Stamp, lateMs: number, nowMs: number): LogRecord | undefined {
    const { check } = task;
    if (check.isTtl) {
      // a pass may have put it off; where the executor heard it later than this instance, it is asked again soon
      const deadlineMs = dueMs(check, nowMs);
      this.queue.put(task, deadlineMs > nowMs ? deadlineMs : nowMs + ASK_AGAIN_MS);
      if (deadlineMs > nowMs) return undefined;
    }
    const origin = { stamp, instance: this.instance.id, sentMs: this.clock.monotonicMs() - lateMs };
    const value = commandOf(check, this.settings, this.clock.wallMs() - lateMs, origin);
    return { key: keyOf({ host: this.settings.appId, name: check.id }), value };
  }

  private async send(partition: number, records: readonly LogRecord[]): Promise<void> {
    if (this.onTheirWay + records.length > MAX_ON_THEIR_WAY) {
      this.counts.dropped += records.length;
      return;
    }
    this.onTheirWay += records.length;
    try {
      await this.log.append('health-checks', partition, records);
      this.counts.sent += records.length;
      this.delay.succeeded();
    } catch (error) {
      this.counts.dropped += records.length;
      this.delay.failed(error);
    } finally {
      this.onTheirWay -= records.length;
    }
  }

  private onPartition(partition: number): void {
    const isOwned = this.partitions.stampOf(partition) !== undefined;
    if (isOwned === this.owned.has(partition)) return;
    if (isOwned) {
      this.owned.add(partition);
      for (const check of this.directory.all())
        if (this.partitions.partitionOf(check.id) === partition) this.begin(check, partition, true);
    } else {
      this.owned.delete(partition);
      for (const task of this.tasks.values()) if (task.partition === partition) this.end(task.check);
    }
  }

  private onChange({ check, what }: CheckChanged): void {
    if (what === 'judged') return;
    this.end(check);
    const partition = this.partitions.partitionOf(check.id);
    if (what === 'defined' && this.owned.has(partition)) this.begin(check, partition, false);
  }

  /** One that fails, or has another pace than before, ticks when that says; any other one goes on at its beat. */
  private onJudged(check: Check): void {
    const task = this.tasks.get(check);
    if (!task) return;
    const every = everyMs(check);
    if (task.everyMs === every && check.state.failingSinceMs === undefined) return;
    task.everyMs = every;
    const nowMs = this.clock.nowMs();
    this.queue.put(task, Math.max(nowMs, dueMs(check, nowMs)));
  }

  private begin(check: Check, partition: number, isTakenOver: boolean): void {
    if (check.definition.paused || check.removed) return;
    const nowMs = this.clock.nowMs();
    const planned = dueMs(check, nowMs);
    const spreadMs = isTakenOver ? staggerMs(check.id, Math.min(check.definition.intervalMs, SPREAD_MS)) : 0;
    const task = new Task(check, partition, everyMs(check), planned);
    this.tasks.set(check, task);
    this.queue.put(task, planned > nowMs ? planned : nowMs + spreadMs);
  }

  private end(check: Check): void {
    const task = this.tasks.get(check);
    if (!task) return;
    this.queue.end(task);
    this.tasks.delete(check);
  }
}
