import { VitalsError } from '../errors.js';

/** RFC 3339 section 5.6 `date-time`; the space and lower-case letters of its notes are accepted too. */
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * Reads an RFC 3339 timestamp. A leap second (`23:59:60`) is the last millisecond of its minute.
 * @returns epoch milliseconds
 * @throws VitalsError `timestamp-invalid`
 */
export function parseTimestamp(text: string): number {
  const epochMs = tryParseTimestamp(text);
  if (epochMs === undefined) {
    throw new VitalsError(
      'timestamp-invalid',
      `${JSON.stringify(text.slice(0, 64))} is not an RFC 3339 timestamp such as "2026-01-31T10:00:00Z"`,
    );
  }
  return epochMs;
}

/** Reads an RFC 3339 timestamp into epoch milliseconds; `undefined` if it is none. */
export function tryParseTimestamp(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetHours = Number(match[9] ?? 0);
  const offsetMinutes = Number(match[10] ?? 0);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const leap = second === 60;
  const fractionMs = leap ? 999 : Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offsetMs = (offsetHours * 60 + offsetMinutes) * 60_000 * (match[8] === '-' ? -1 : 1);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, leap ? 59 : second, fractionMs);
  return date.getTime() - offsetMs;
}

/** Writes epoch milliseconds as RFC 3339 in UTC with milliseconds. */
export function formatTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}
