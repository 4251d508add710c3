import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { nextRunMs, type TaskDefinition } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { Settings } from '../../settings/settings.js';
import type { Check } from '../check.js';
import { type CheckChanged, CheckDirectory } from '../check.directory.js';
import { TaskScheduler } from './task.scheduler.js';

/** Where execution commands of checks go; the topic of the cluster. */
const TOPIC = 'vitals.health-checks';

/** What executing a check makes of its task. */
export abstract class TaskUpkeep {
  /** Says when the check is to run next, if that is not when it would run anyway. */
  abstract reschedule(check: Check): void;

  /** Ends the task of a check that is not there. */
  abstract end(name: string): void;

  /** The same and nothing more: a second name of a provider would have it started twice. */
  static of(this: void, tasks: TaskUpkeep): TaskUpkeep {
    return { reschedule: (check) => tasks.reschedule(check), end: (name) => tasks.end(name) };
  }
}

/** Keeps the tasks of the scheduler in step with the checks. */
@Injectable()
export class CheckTasks extends TaskUpkeep implements OnApplicationBootstrap {
  private readonly logger = new Logger('Scheduler');

  constructor(
    private readonly directory: CheckDirectory,
    private readonly scheduler: TaskScheduler,
    private readonly settings: Settings,
    private readonly clock: RunningClock,
  ) {
    super();
  }

  /** The checks of before the restart are there by now. */
  onApplicationBootstrap(): void {
    for (const check of this.directory.all()) this.send(check, 'INSERT');
    this.directory.changed.subscribe((change) => this.onChange(change));
  }

  reschedule(check: Check): void {
    if (!check.removed && !check.definition.paused) this.send(check, 'UPDATE');
  }

  end(name: string): void {
    const start = this.clock.wallMs();
    this.sendOrSay({ host: this.settings.appId, name, action: 'DELETE', topic: TOPIC, start });
  }

  private onChange({ check, what }: CheckChanged): void {
    if (what === 'removed' || check.definition.paused) this.end(check.id);
    else if (what === 'defined') this.send(check, 'INSERT');
  }

  private send(check: Check, action: 'INSERT' | 'UPDATE'): void {
    if (check.definition.paused) return;
    const { id, intervalMs } = check.definition;
    const nowMs = this.clock.nowMs();
    const inMs = Math.max(0, nextRunMs(check.state, check.definition, nowMs) - nowMs);
    const time = check.isTtl ? intervalMs : check.state.executeIntervalMs;
    this.sendOrSay({
      host: this.settings.appId,
      name: id,
      action,
      frequency: { timeUnit: 'MILLISECONDS', time },
      topic: TOPIC,
      start: Math.ceil(this.clock.wallMs() + inMs),
      data: dataOf(check),
    });
  }

  private sendOrSay(task: TaskDefinition): void {
    this.scheduler.send(task).catch((error: unknown) => {
      this.logger.error(`${task.action} of ${task.name} did not reach the scheduler: ${String(error)}`);
    });
  }
}

/** What light-scheduler's executors go by: a check with a health path is HTTP, any other a TTL. */
export function dataOf({ definition, service, isTtl }: Check): Readonly<Record<string, string>> {
  if (isTtl) return { healthPath: '' };
  if (service?.check) return { healthPath: service.check.healthPath };
  const { target } = definition;
  return { healthPath: target.kind === 'http' ? new URL(target.url).pathname : `${target.kind}:` };
}
