import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { frequencyMs, readTaskDefinition, type ScheduledTask, type TaskDefinition } from '@vitals/core/check';
import { ExpiryEntry, ExpiryQueue, RunningClock } from '@vitals/core/time';
import { AtShutdown } from '../../shutdown/stages.js';

/** How often the queue is looked at, in milliseconds; a tick is late by no more than this and a slot. */
const LOOK_EVERY_MS = 10;
/** Width of a slot of the queue, in milliseconds. */
const SLOT_MS = 10;

/**
 * Takes an execution command: a task definition whose `start` is the time of its tick. What comes from outside
 * may be anything else, so it is read before it is believed.
 * @param position where the command came from, for the log
 */
export type CommandHandler = (command: unknown, position: string) => void;

/**
 * Keeps tasks and says when each is to be executed (light-scheduler's contract). `INSERT` and `UPDATE` put a task
 * in place of what has its key; its first tick is at `start`, at once if that is past, and the next ones a
 * `frequency` apart. `DELETE` ends it. A tick that was missed is not caught up. Commands of one task come in the
 * order of their ticks.
 */
export abstract class TaskScheduler {
  /** Resolves when the definition is kept. @throws VitalsError `task-definition-invalid`, `store-unavailable` */
  abstract send(definition: TaskDefinition): Promise<void>;

  /** Says who executes; called once, before the first tick. */
  abstract consume(handler: CommandHandler): void;
}

class Task extends ExpiryEntry {
  /** It was deleted, or another one is in its place. */
  ended = false;

  constructor(
    readonly definition: ScheduledTask,
    readonly everyMs: number,
    /** Milliseconds of the running clock. */
    public dueMs: number,
  ) {
    super();
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
  private readonly queue = new ExpiryQueue<Task>(SLOT_MS);
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
    const task = new Task(definition, frequencyMs(definition), this.clock.nowMs() + delayMs);
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
    for (const task of this.queue.takeDue(nowMs)) {
      // the consumer of one before may have changed it
      if (task.ended) continue;
      // of the ticks that passed only the last one counts: what was missed is not caught up
      const lateMs = (nowMs - task.dueMs) % task.everyMs;
      const command = { ...task.definition, start: Math.round(this.clock.wallMs() - lateMs) };
      task.dueMs = nowMs - lateMs + task.everyMs;
      this.queue.put(task, task.dueMs);
      this.execute(command);
    }
  }

  private end(key: string): void {
    const task = this.tasks.get(key);
    if (!task) return;
    task.ended = true;
    this.queue.remove(task);
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

function keyOf({ host, name }: TaskDefinition): string {
  return `${host}\n${name}`;
}
