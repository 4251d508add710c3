import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import {
  frequencyMs,
  readTaskDefinition,
  type ScheduledTask,
  type TaskDefinition,
  type TaskDefinitionKey,
} from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { AtShutdown } from '../../shutdown/stages.js';
import { Ticking, TickQueue } from './tick.queue.js';

/** How often the ticks are looked at, in milliseconds; one is late by no more than this and a slot of its queue. */
const LOOK_EVERY_MS = 10;

/** That a command is to be executed. */
export interface Admission {
  /** For how long it has waited, in milliseconds. */
  readonly waitedMs: number;
  /** Whether it still is for this process to judge what is found. */
  readonly isHeld: () => boolean;
}

/** Whether a command is to be executed, or `undefined`: it is dropped. */
export type Admit = (command: ScheduledTask) => Admission | undefined;

/**
 * Takes an execution command: a task definition whose `start` is the time of its tick. What comes from outside
 * may be anything else, so it is read before it is believed.
 * @param position where the command came from, for the log
 * @param admit asked once it was read, where its age and its sender are more than its `start` says
 */
export type CommandHandler = (command: unknown, position: string, admit?: Admit) => void;

/** Where execution commands come from. */
export abstract class CommandSource {
  /** Says who executes; called once, before the first command. */
  abstract consume(handler: CommandHandler): void;

  /** The same and nothing more: a second name of a provider would have its intervals run twice. */
  static of(this: void, source: CommandSource): CommandSource {
    return { consume: (handler) => source.consume(handler) };
  }
}

/**
 * Keeps tasks and says when each is to be executed (light-scheduler's contract). `INSERT` and `UPDATE` put a task
 * in place of what has its key; its first tick is at `start`, at once if that is past, and the next ones a
 * `frequency` apart. `DELETE` ends it. A tick that was missed is not caught up. Commands of one task come in the
 * order of their ticks.
 */
export abstract class TaskScheduler extends CommandSource {
  /** Resolves when the definition is kept. @throws VitalsError `task-definition-invalid`, `store-unavailable` */
  abstract send(definition: TaskDefinition): Promise<void>;
}

class Task extends Ticking {
  constructor(
    readonly definition: ScheduledTask,
    dueMs: number,
  ) {
    super(frequencyMs(definition), dueMs);
  }
}

/**
 * The schedule of one process: what it keeps is made again from the checks at every start. Ticks on the running
 * clock, so that a process that stood still finds nothing to catch up.
 */
@Injectable()
export class InProcessScheduler extends TaskScheduler implements OnApplicationBootstrap {
  private readonly logger = new Logger('Scheduler');
  private readonly tasks = new Map<string, Task>();
  private readonly queue = new TickQueue<Task>();
  private handler: CommandHandler = () => undefined;
  private running = false;
  private ticks = 0;

  constructor(private readonly clock: RunningClock) {
    super();
  }

  get size(): number {
    return this.tasks.size;
  }

  async send(message: TaskDefinition): Promise<void> {
    const definition = readTaskDefinition(message);
    this.end(keyOf(definition));
    if (definition.action === 'DELETE') return;
    const delayMs = Math.max(0, definition.start - this.clock.wallMs());
    const task = new Task(definition, this.clock.nowMs() + delayMs);
    this.tasks.set(keyOf(definition), task);
    this.queue.put(task, task.dueMs);
  }

  consume(handler: CommandHandler): void {
    this.handler = handler;
  }

  onApplicationBootstrap(): void {
    this.running = true;
  }

  @AtShutdown('stop-judging')
  stop(): void {
    this.running = false;
  }

  @Interval('check-schedule', LOOK_EVERY_MS)
  tick(): void {
    const nowMs = this.clock.nowMs();
    if (!this.running) return;
    for (const { task, lateMs } of this.queue.due(nowMs))
      this.execute({ ...task.definition, start: Math.round(this.clock.wallMs() - lateMs) });
  }

  private end(key: string): void {
    const task = this.tasks.get(key);
    if (!task) return;
    this.queue.end(task);
    this.tasks.delete(key);
  }

  private execute(command: ScheduledTask): void {
    this.ticks++;
    try {
      this.handler(command, `tick ${this.ticks}`);
    } catch (error) {
      const why = error instanceof Error ? error.stack : error;
      this.logger.error(`the check ${command.name} could not be run`, why);
    }
  }
}

/** What makes two definitions speak of the same task, as one text. */
export function keyOf({ host, name }: TaskDefinitionKey): string {
  return `${host}\n${name}`;
}
