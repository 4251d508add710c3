import { formatDuration, parseDuration } from '@vitals/core/time';
import * as s from '../http/schema.js';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** What is wrong with a text that has to be a duration from `leastMs` to `mostMs`; `undefined` if nothing is. */
export function durationFault(value: unknown, leastMs: number, mostMs: number): string | undefined {
  const ms = tryDuration(value);
  if (ms !== undefined && ms >= leastMs && ms <= mostMs) return undefined;
  const range = `from ${durationText(leastMs)} to ${durationText(mostMs)}`;
  if (ms === undefined) return `must be a duration, text with a unit such as "10s", ${range}`;
  return `must be ${range}, and is ${formatDuration(ms)}`;
}

/** Reads a text such as "10s" into whole milliseconds; `undefined` if it is no duration. */
export function tryDuration(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const days = /^(\d{1,4})d$/.exec(value)?.[1];
  // longer than a timer can be
  if (days !== undefined) return Number(days) * 86_400_000;
  try {
    return Math.round(parseDuration(value));
  } catch {
    return undefined;
  }
}

/** Writes whole milliseconds as `parseDuration` reads them, in the largest unit that leaves no rest. */
export function durationText(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1];
  return `${ms / unitMs}${unit}`;
}

/** How a duration is described, with an example of one. */
export function duration(description: string, example: string): s.Schema<string> {
  return s.text(description, { pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$', examples: [example] });
}
