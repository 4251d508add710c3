import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Stamp } from '@vitals/core/cluster';
import { RunningClock } from '@vitals/core/time';
import { ClusterLog, type LogRecord } from '../../cluster/cluster-log.js';
import { OwnedPartitions } from '../../cluster/owned.partitions.js';
import { Database, oneOf } from '../../database/database.js';
import { DelayLog } from '../../database/delay.log.js';
import { Journal } from '../../database/journal.js';
import { Settings } from '../../settings/settings.js';
import { AtShutdown } from '../../shutdown/stages.js';
import { type CheckChanged, CheckDirectory } from '../check.directory.js';
import { keyOf } from '../execution/task.scheduler.js';
import { taskOf, tellingOf } from './check.command.js';
import { TASK_OUTBOX, taskTold } from './task.outbox.js';
import { TaskTopic } from './task.topic.js';

/** Changes within so long are told together, in milliseconds. */
const LINGER_MS = 50;
/** How often it is looked for what is not told yet, and for what the topic says wrongly; in milliseconds. */
const LOOK_EVERY_MS = 5_000;
/** Tasks that are told at a time. */
const SLICE = 500;

/**
 * Tells the topic of the scheduler what the checks of the partitions are that this instance owns. What is told is what
 * the copy says at that moment, so it does not matter how often it is told. What waits is over once it is told as it
 * still is when that is noted, by the newest owner. What the topic says otherwise (it is new, somebody else wrote to it, an
 * owner that was none any more) is told again.
 */
@Injectable()
export class TaskRelay implements OnApplicationBootstrap {
  private readonly delay = new DelayLog(new Logger('Scheduler'), 'tasks wait to be sent to the scheduler');
  private readonly wrong = new Set<number>();
  private planned = false;
  private working = false;
  /** Something was to be told while that went on. */
  private again = false;
  private stopped = false;

  constructor(
    private readonly directory: CheckDirectory,
    private readonly partitions: OwnedPartitions,
    private readonly topic: TaskTopic,
    private readonly log: ClusterLog,
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly settings: Settings,
    private readonly clock: RunningClock,
  ) {}

  onApplicationBootstrap(): void {
    this.directory.changed.subscribe((change) => this.onChange(change));
    this.partitions.changed.subscribe((partition) => this.onPartition(partition));
    this.topic.changed.subscribe((partition) => this.wrong.add(partition));
    for (let partition = 0; partition < this.partitions.count; partition++) this.onPartition(partition);
  }

  @AtShutdown('stop-judging')
  stop(): void {
    this.stopped = true;
  }

  /** Tells what waits, and what the topic says wrongly. */
  @Interval('task-relay', LOOK_EVERY_MS)
  async look(): Promise<void> {
    this.planned = false;
    this.again = this.working;
    if (this.working || this.stopped) return;
    this.working = true;
    try {
      await this.tellWaiting();
      for (const partition of this.wrong) await this.mend(partition);
      this.delay.succeeded();
    } catch (error) {
      this.delay.failed(error);
    }
    this.working = false;
    if (this.again) this.plan();
  }

  private onChange({ check, what }: CheckChanged): void {
    if (what !== 'judged' && this.partitions.owns(check.id)) this.plan();
  }

  private onPartition(partition: number): void {
    if (!this.partitions.stampOf(partition)) return;
    this.wrong.add(partition);
    this.plan();
  }

  private plan(): void {
    if (this.planned) return;
    this.planned = true;
    this.again = false;
    this.clock.after(LINGER_MS, () => void this.look());
  }

  private async tellWaiting(): Promise<void> {
    const owned: number[] = [];
    for (let partition = 0; partition < this.partitions.count; partition++)
      if (this.partitions.stampOf(partition)) owned.push(partition);
    if (owned.length === 0) return;
    const where = { partition: oneOf(owned) };
    for (let told = SLICE; told === SLICE && !this.stopped;) {
      const rows = await this.database.select(TASK_OUTBOX, { where, orderBy: ['name'], limit: SLICE });
      told = 0;
      for (const partition of new Set(rows.map((row) => row.partition))) {
        const names = rows.filter((row) => row.partition === partition).map(({ name }) => name);
        const stamp = this.partitions.stampOf(partition);
        if (stamp && (await this.tellAndNote(stamp, names))) told += names.length;
      }
    }
  }

  /** @returns whether all of them are over */
  private async tellAndNote(stamp: Stamp, names: readonly string[]): Promise<boolean> {
    const tellings = await this.tell(stamp, names);
    let over: readonly string[] = [];
    await this.journal.commitWithin(
      this.partitions.fenced(stamp, () => {
        over = names.filter((name) => this.tellingOf(name) === tellings.get(name));
        return over.length === 0 ? [] : [taskTold(over)];
      }),
    );
    return over.length === names.length;
  }

  /** Brings what the topic says of a partition to what the checks are; some at a time. */
  private async mend(partition: number): Promise<void> {
    const stamp = this.partitions.stampOf(partition);
    const said = this.topic.of(partition);
    // who owns it does so; who will own it looks then
    if (!stamp) return void this.wrong.delete(partition);
    if (!said) return;
    const names: string[] = [];
    for (const { id } of this.directory.all())
      if (this.partitions.partitionOf(id) === partition && said.get(id) !== this.tellingOf(id))
        names.push(id);
    for (const name of said.keys()) if (this.tellingOf(name) === undefined) names.push(name);
    this.wrong.delete(partition);
    for (let from = 0; from < names.length; from += SLICE)
      await this.tell(stamp, names.slice(from, from + SLICE));
  }

  /** @returns what was told of each; `undefined` for one that is gone */
  private async tell(
    { partition }: Stamp,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, string | undefined>> {
    const tellings = new Map(names.map((name) => [name, this.tellingOf(name)]));
    await this.log.append(
      'scheduler',
      partition,
      names.flatMap((name) => this.recordsOf(name)),
    );
    return tellings;
  }

  private tellingOf(name: string): string | undefined {
    const check = this.directory.find(name);
    return check && !check.definition.paused ? tellingOf(taskOf(check, this.settings, 0)) : undefined;
  }

  private recordsOf(name: string): LogRecord[] {
    const { settings } = this;
    const key = keyOf({ host: settings.appId, name });
    const startMs = Math.round(this.clock.wallMs());
    const check = this.directory.find(name);
    if (check && !check.definition.paused)
      return [{ key, value: JSON.stringify(taskOf(check, settings, startMs)) }];
    const topic = `${settings.kafka.topicPrefix}.health-checks`;
    const deleted = { host: settings.appId, name, action: 'DELETE', topic, start: startMs };
    return [
      { key, value: JSON.stringify(deleted) },
      { key, value: undefined },
    ];
  }
}
