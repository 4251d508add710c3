import { Cron } from 'croner';
import type { CronExpression } from './cron.expression.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** Days in a row without a gap after which a window is taken for one that never ends. */
const MAX_DAYS = 32;
const SOME_TIME = new Date(Date.UTC(2024, 0, 1) - SECOND_MS);

/**
 * Whether windows of this length, one at each time that the expression means, leave no gap: within a day by its times,
 * from day to day by the calendar, a month long. Changes of the clocks are left aside. Costs the same for any
 * number of times.
 */
export function neverEnds(expression: CronExpression, durationMs: number): boolean {
  const { seconds, minutes, hours } = expression;
  const [secondsSpanMs, minutesSpanMs] = [spanOf(seconds) * SECOND_MS, spanOf(minutes) * 60 * SECOND_MS];
  const spanMs = spanOf(hours) * 3_600 * SECOND_MS + minutesSpanMs + secondsSpanMs;
  const gapsMs = [
    gapOf(seconds) * SECOND_MS,
    gapOf(minutes) * 60 * SECOND_MS - secondsSpanMs,
    gapOf(hours) * 3_600 * SECOND_MS - minutesSpanMs - secondsSpanMs,
    DAY_MS - spanMs,
  ];
  if (gapsMs.some((gapMs) => gapMs > durationMs)) return false;
  return expression.isDaily || joinsDays(expression, spanMs + durationMs);
}

/** Whether each day that it means follows the one before within a time. */
function joinsDays({ day, month, weekday }: CronExpression, withinMs: number): boolean {
  const days = new Cron(`0 0 0 ${day} ${month} ${weekday}`, { mode: '6-part', utcOffset: 0 });
  let before = days.nextRun(SOME_TIME);
  for (let joined = 0; before && joined < MAX_DAYS; joined++) {
    const next = days.nextRun(before);
    if (!next || next.getTime() - before.getTime() > withinMs) return false;
    before = next;
  }
  return before !== null;
}

function spanOf(numbers: readonly number[]): number {
  return (numbers.at(-1) ?? 0) - (numbers[0] ?? 0);
}

/** The widest gap between two numbers in order; 0 if there is but one. */
function gapOf(numbers: readonly number[]): number {
  return numbers.reduce((widest, number, at) => Math.max(widest, number - (numbers[at - 1] ?? number)), 0);
}
