/** Milliseconds of the units of a frequency (light-scheduler's names). */
const MS_PER_UNIT = {
  MILLISECONDS: 1,
  SECONDS: 1_000,
  MINUTES: 60_000,
  HOURS: 3_600_000,
  DAYS: 86_400_000,
} as const;

/** A unit of a frequency. */
export type TimeUnit = keyof typeof MS_PER_UNIT;

/** The units of a frequency, shortest first. */
export const TIME_UNITS = Object.keys(MS_PER_UNIT) as readonly TimeUnit[];

/** What can be done to a task. */
export const TASK_ACTIONS = ['INSERT', 'UPDATE', 'DELETE'] as const;

/** One of the actions. */
export type TaskAction = (typeof TASK_ACTIONS)[number];

/** A task runs once every `time` units. */
export interface TaskFrequency {
  readonly timeUnit: TimeUnit;
  readonly time: number;
}

/** What makes two definitions speak of the same task; the name is the id of a check. */
export interface TaskDefinitionKey {
  readonly host: string;
  readonly name: string;
}

interface TaskMessage extends TaskDefinitionKey {
  /** Where the commands to execute it go. */
  readonly topic: string;
  /** Epoch milliseconds; of a command, the time of its tick. */
  readonly start: number;
}

/** A task that is to run: INSERT at once and then at its frequency, UPDATE in place of what it was. */
export interface ScheduledTask extends TaskMessage {
  readonly action: Exclude<TaskAction, 'DELETE'>;
  readonly frequency: TaskFrequency;
  readonly data: Readonly<Record<string, string>>;
}

/** A task that is to run no longer, and is never executed; what it carries beside is for other readers. */
export interface DeletedTask extends TaskMessage {
  readonly action: 'DELETE';
  readonly frequency?: TaskFrequency;
  readonly data?: Readonly<Record<string, string>>;
}

/** A message of light-scheduler. All members are JSON as they are. */
export type TaskDefinition = ScheduledTask | DeletedTask;

/** From one tick to the next, in milliseconds. */
export function frequencyMs({ frequency }: Pick<ScheduledTask, 'frequency'>): number {
  return frequency.time * MS_PER_UNIT[frequency.timeUnit];
}

/**
 * Whether a command has waited for twice its frequency or longer, and is dropped (the seed's rule): a backlog
 * must not become a flood. `nowMs` is epoch time, as `start` is.
 */
export function isTooOld(command: Pick<ScheduledTask, 'start' | 'frequency'>, nowMs: number): boolean {
  return nowMs - command.start >= 2 * frequencyMs(command);
}

/** Whether the data describe an HTTP check; a TTL has no path (the seed's rule). */
export function isHttp({ healthPath = '' }: Readonly<Record<string, string>>): boolean {
  return healthPath !== '';
}

/** Whether two messages speak of the same task. */
export function sameKey(a: TaskDefinitionKey, b: TaskDefinitionKey): boolean {
  return a.host === b.host && a.name === b.name;
}
