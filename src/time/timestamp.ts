import { VitalsError } from '../errors.js';

/** RFC 3339 section 5.6 `date-time`; the space and lower-case letters of its notes are accepted too. */
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** 146,097 days: the cycle of the Gregorian calendar. */
const MS_IN_400_YEARS = 146_097 * 86_400_000;

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
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6]);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const offsetMs = match[8] === undefined ? 0 : readOffset(match[8], Number(match[9]), Number(match[10]));
  if (offsetMs === undefined) return undefined;
  const leap = second === 60;
  const fractionMs = leap ? 999 : Number(`${match[7] ?? ''}000`.slice(0, 3));
  // 400 years are a whole number of days; without them Date.UTC takes the years 0 to 99 for 1900 to 1999
  const epochMs = Date.UTC(year + 400, month - 1, day, hour, minute, leap ? 59 : second, fractionMs);
  return epochMs - MS_IN_400_YEARS - offsetMs;
}

/** The last text that was written: what happens together carries the same time. */
const written = { epochMs: 0, text: '1970-01-01T00:00:00.000Z' };

/** Writes epoch milliseconds as RFC 3339 in UTC with milliseconds. */
export function formatTimestamp(epochMs: number): string {
  if (epochMs !== written.epochMs) {
    written.text = new Date(epochMs).toISOString();
    written.epochMs = epochMs;
  }
  return written.text;
}

function readOffset(sign: string, hours: number, minutes: number): number | undefined {
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * 60_000 * (sign === '-' ? -1 : 1);
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
