import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { readTaskDefinition } from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';
import { Subject } from 'rxjs';
import {
  ClusterLog,
  type Following,
  type FollowOptions,
  type ReadRecord,
} from '../../cluster/cluster-log.js';
import { Settings } from '../../settings/settings.js';
import { AtShutdown } from '../../shutdown/stages.js';
import { keyOf } from '../execution/task.scheduler.js';
import { tellingOf } from './check.command.js';

/** What the topic of the scheduler says of checks; tasks of others, which have another host, are left alone. */
@Injectable()
export class TaskTopic implements OnApplicationBootstrap {
  private readonly logger = new Logger('Scheduler');
  private readonly said = new Map<number, Map<string, string>>();
  private readonly changedSubject = new Subject<number>();
  private following: Following | undefined;
  private stopped = false;

  /** Partitions of which something was read. */
  readonly changed = this.changedSubject.asObservable();

  constructor(
    private readonly log: ClusterLog,
    private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    const onRecords = (partition: number, records: readonly ReadRecord[]): void => {
      for (const record of records) this.take(partition, record);
      this.changedSubject.next(partition);
    };
    void this.follow(onRecords).catch((error: unknown) => {
      if (!this.stopped) this.logger.error(`the topic scheduler is not followed: ${String(error)}`);
    });
  }

  @AtShutdown('stop-judging')
  async stop(): Promise<void> {
    this.stopped = true;
    await this.following?.stop();
  }

  /** What each check of a partition is said to be, by its id; `undefined` before it was read to its end. */
  of(partition: number): ReadonlyMap<string, string> | undefined {
    return this.following?.progress(partition)?.lag === 0 ? this.partition(partition) : undefined;
  }

  private async follow(onRecords: FollowOptions['onRecords']): Promise<void> {
    this.following = await this.log.follow('scheduler', { from: 'beginning', onRecords });
    if (this.stopped) await this.following.stop();
  }

  private partition(partition: number): Map<string, string> {
    const known = this.said.get(partition) ?? new Map<string, string>();
    this.said.set(partition, known);
    return known;
  }

  private take(partition: number, { offset, key, value }: ReadRecord): void {
    const said = this.partition(partition);
    const ours = keyOf({ host: this.settings.appId, name: '' });
    const name = String(key ?? '');
    if (value === undefined) return void (name.startsWith(ours) && said.delete(name.slice(ours.length)));
    try {
      const task = readTaskDefinition(String(value));
      if (task.host !== this.settings.appId || keyOf(task) !== name) return;
      if (task.action === 'DELETE') said.delete(task.name);
      else said.set(task.name, tellingOf(task));
    } catch (error) {
      if (!(error instanceof VitalsError)) throw error;
      this.logger.error(`skipped at scheduler, partition ${partition}, offset ${offset}: ${error.message}`);
    }
  }
}
