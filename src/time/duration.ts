import { VitalsError } from '../errors.js';

/** A span of time: milliseconds as a number, or a number with a unit: `250ms`, `2s`, `1.5m`, `1h`, `7d`. */
export type Duration = number | string;

/** From the largest unit to the smallest. */
const MS_PER_UNIT: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** The longest span accepted, about 24.8 days: what a Node.js timer can hold. */
const MAX_MS = 2_147_483_647;

/**
 * Reads a duration.
 * @returns milliseconds, at least 0
 * @throws VitalsError `duration-invalid`, naming what is accepted
 */
export function parseDuration(duration: Duration): number {
  const ms = typeof duration === 'number' ? duration : parseText(duration);
  if (Number.isFinite(ms) && ms >= 0 && ms <= MAX_MS) return ms;
  if (lacksUnit(duration))
    throw invalid(duration, `${NO_UNIT}; give ${UNITS}. Only without quotes ${duration} is milliseconds`);
  throw invalid(duration, `give milliseconds, or ${UNITS}`);
}

/** The same where there is nothing but text: in the environment, and on a command line. */
export function parseDurationText(text: string): number {
  const ms = parseText(text);
  if (ms <= MAX_MS) return ms;
  throw invalid(text, lacksUnit(text) ? `${NO_UNIT}; give ${UNITS}` : `give ${UNITS}`);
}

/** Reads a text such as "10s" into whole milliseconds, days also beyond timers; `undefined` if it is no duration. */
export function tryParseDuration(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  if (days !== undefined) return Number(days) * 86_400_000;
  try {
    return Math.round(parseDuration(text));
  } catch {
    return undefined;
  }
}

/** Writes whole milliseconds as `parseDuration` reads them, in the largest unit that leaves no rest. */
export function durationText(ms: number): string {
  const [unit, unitMs] = Object.entries(MS_PER_UNIT).find(([, size]) => ms >= size && ms % size === 0) ?? [
    'ms',
    1,
  ];
  return `${ms / unitMs}${unit}`;
}

/** Writes milliseconds with the unit that people would choose: `850 ms`, `12.3 s`, `4 m 10 s`, `2 h 5 m`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  if (Math.round(ms / 100) < 600) return `${Math.round(ms / 100) / 10} s`;
  const totalSeconds = Math.round(ms / 1_000);
  if (totalSeconds < 3_600) return `${Math.floor(totalSeconds / 60)} m ${totalSeconds % 60} s`;
  const totalMinutes = Math.round(ms / 60_000);
  if (totalMinutes < 1_440) return `${Math.floor(totalMinutes / 60)} h ${totalMinutes % 60} m`;
  const totalHours = Math.round(ms / 3_600_000);
  return `${Math.floor(totalHours / 24)} d ${totalHours % 24} h`;
}

const UNITS = 'a number with ms, s, m, h or d, such as "10s", up to 24 days';
const NO_UNIT = 'it has no unit';

function lacksUnit(duration: unknown): duration is string {
  return typeof duration === 'string' && /^\d{1,10}(\.\d+)?$/.test(duration);
}

function invalid(duration: unknown, advice: string): VitalsError {
  return new VitalsError('duration-invalid', `${JSON.stringify(duration)} is not a duration: ${advice}`);
}

function parseText(text: unknown): number {
  const match = typeof text === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim()) : null;
  return match ? Number(match[1]) * (MS_PER_UNIT[match[2] as string] as number) : Number.NaN;
}
