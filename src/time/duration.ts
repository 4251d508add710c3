import { VitalsError } from '../errors.js';

/** A span of time: milliseconds as a number, or a number with a unit: `250ms`, `2s`, `1.5m`, `1h`, `7d`. */
export type Duration = number | string;

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
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
  if (!Number.isFinite(ms) || ms < 0 || ms > MAX_MS) {
    throw new VitalsError(
      'duration-invalid',
      `${JSON.stringify(duration)} is not a duration: ${advice(duration)}`,
    );
  }
  return ms;
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

function advice(duration: unknown): string {
  const units = 'a number with ms, s, m, h or d, such as "10s", up to 24 days';
  return typeof duration === 'string' && /^\d{1,10}(\.\d+)?$/.test(duration)
    ? `it has no unit; give ${units}. Only without quotes ${duration} is milliseconds`
    : `give milliseconds, or ${units}`;
}

function parseText(text: unknown): number {
  const match = typeof text === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim()) : null;
  return match ? Number(match[1]) * (MS_PER_UNIT[match[2] as string] as number) : Number.NaN;
}
