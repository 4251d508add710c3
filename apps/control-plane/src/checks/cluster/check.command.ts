import type { Stamp } from '@vitals/core/cluster';
import { isHttp, nextRunMs, type ScheduledTask } from '@vitals/core/check';
import type { Settings } from '../../settings/settings.js';
import type { Check } from '../check.js';
import { dataOf } from '../execution/check.tasks.js';
import { SILENCE_GRACE_MS } from './heard.since.js';

/** Who sent a command, and when. */
export interface CommandOrigin {
  readonly epoch: number;
  readonly instance: string;
  /** Milliseconds of the sender's monotonic clock: `start` is of its wall clock, which may be an hour off. */
  readonly sentMs: number;
}

/** The task of a check, as the topic of the scheduler has it. It says how often it runs when it does not fail. */
export function taskOf(check: Check, { appId, kafka }: Settings, startMs: number): ScheduledTask {
  return {
    host: appId,
    name: check.id,
    action: 'INSERT',
    frequency: { timeUnit: 'MILLISECONDS', time: check.definition.intervalMs },
    topic: `${kafka.topicPrefix}.health-checks`,
    start: Math.round(startMs),
    data: dataOf(check),
  };
}

/** The command to execute a check now, as a message. */
export function commandOf(
  check: Check,
  settings: Settings,
  startMs: number,
  { stamp, instance, sentMs }: Omit<CommandOrigin, 'epoch'> & { readonly stamp: Stamp },
): string {
  const task = taskOf(check, settings, startMs);
  const origin = { epoch: String(stamp.epoch), instance, sent: String(Math.round(sentMs)) };
  const frequency = { timeUnit: 'MILLISECONDS', time: everyMs(check) };
  return JSON.stringify({ ...task, frequency, data: { ...task.data, ...origin } });
}

/** Who sent a command; `undefined` if it was no instance of a cluster. */
export function originOf({ data }: ScheduledTask): CommandOrigin | undefined {
  const { instance } = data;
  const epoch = Number(data['epoch']);
  const sentMs = Number(data['sent']);
  return instance !== undefined && Number.isSafeInteger(epoch) && epoch > 0 && Number.isSafeInteger(sentMs)
    ? { epoch, instance, sentMs }
    : undefined;
}

/** From one tick of a check to the next, in milliseconds. */
export function everyMs({ definition, state, isTtl }: Check): number {
  return isTtl ? definition.intervalMs : state.executeIntervalMs;
}

/** When it ticks next, on the clock of its state; silence is judged later than in one process. */
export function dueMs(
  { definition, state, isTtl }: Pick<Check, 'definition' | 'isTtl' | 'state'>,
  nowMs: number,
): number {
  return nextRunMs(state, definition, nowMs) + (isTtl ? SILENCE_GRACE_MS : 0);
}

/** What a task says, apart from when it was sent: what two messages have in common that say the same. */
export function tellingOf({ frequency, data }: ScheduledTask): string {
  const { timeUnit, time } = frequency;
  return `${time} ${timeUnit} ${isHttp(data) ? data['healthPath'] : ''}`;
}
