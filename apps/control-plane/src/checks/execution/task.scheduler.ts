import type { TaskDefinition } from '@vitals/core/check';

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
