import type { MaintenanceWindow } from '@vitals/core/check';
import {
  durationText,
  formatDuration,
  formatTimestamp,
  parseTimestamp,
  tryParseDuration,
  tryParseTimestamp,
} from '@vitals/core/time';
import { ValidateIf } from 'class-validator';
import { Member, OptionalMember, Part, Rule } from '../../http/members.js';
import * as s from '../../http/schema.js';
import { cronFault } from '../maintenance/cron.schedule.js';

/** How long one window may last, in milliseconds. */
const LASTS_MS = { least: 1_000, most: 24 * 86_400_000 };
/** The time zone in which a cron expression is read where none is said. */
const DEFAULT_ZONE = 'UTC';

/** A maintenance window: from `start` to `end`, or for a `duration` whenever a `cron` fires. */
@Part('Once, by start and end; or by cron and duration.')
export class WindowDto {
  @Member(s.time('With end: a window that is once.'), ValidateIf(isOnceOr('start')), Rule(timeFault))
  start?: string;

  @Member(
    s.time('When it ends.'),
    ValidateIf(isOnceOr('end')),
    Rule((value, window: WindowDto) => timeFault(value, window) ?? orderFault(value, window.start, 'start')),
  )
  end?: string;

  @OptionalMember(
    s.text('With duration: five fields (minute, hour, day, month, weekday).', { examples: ['30 2 * * 6'] }),
    Rule(expressionFault),
  )
  cron?: string;

  @Member(
    duration('How long each lasts, 1s to 24d.', '2h'),
    ValidateIf((window: WindowDto) => window.cron !== undefined || window.duration !== undefined),
    Rule((value, { cron }: WindowDto) =>
      cron === undefined ? NO_CRON : durationFault(value, LASTS_MS.least, LASTS_MS.most),
    ),
  )
  duration?: string;

  @OptionalMember(
    s.text('An IANA name.', { default: DEFAULT_ZONE, examples: ['Europe/Berlin'] }),
    Rule((value, { cron }: WindowDto) => {
      if (cron === undefined) return NO_CRON;
      return typeof value === 'string'
        ? cronFault(EVERY_DAY, value)
        : 'must be text, such as "Europe/Berlin"';
    }),
  )
  time_zone?: string;
}

/** What is wrong with a text that has to be a duration from `leastMs` to `mostMs`; `undefined` if nothing is. */
export function durationFault(value: unknown, leastMs: number, mostMs: number): string | undefined {
  const ms = tryParseDuration(value);
  if (ms !== undefined && ms >= leastMs && ms <= mostMs) return undefined;
  const range = `from ${durationText(leastMs)} to ${durationText(mostMs)}`;
  if (ms === undefined) return `must be a duration, text with a unit such as "10s", ${range}`;
  return `must be ${range}, and is ${formatDuration(ms)}`;
}

/** How a duration is described, with an example of one. */
export function duration(description: string, example: string): s.Schema<string> {
  return s.text(description, { pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$', examples: [example] });
}

/** A window that was read. */
export function windowOf(window: WindowDto): MaintenanceWindow {
  const { start, end, cron, duration: lasts, time_zone: timeZone = DEFAULT_ZONE } = window;
  if (cron === undefined)
    return { kind: 'once', startMs: parseTimestamp(String(start)), endMs: parseTimestamp(String(end)) };
  return { kind: 'cron', expression: cron, durationMs: tryParseDuration(lasts) as number, timeZone };
}

/** A window as it is sent. */
export function windowBody(window: MaintenanceWindow): WindowDto {
  if (window.kind === 'once')
    return { start: formatTimestamp(window.startMs), end: formatTimestamp(window.endMs) };
  const { expression, durationMs, timeZone } = window;
  return { cron: expression, duration: durationText(durationMs), time_zone: timeZone };
}

const NO_CRON = 'must be left out: it belongs to a window with cron';
/** An expression that is right, so that only the time zone can be wrong. */
const EVERY_DAY = '0 0 * * *';

function isOnceOr(member: 'start' | 'end'): (window: WindowDto) => boolean {
  return (window) => window.cron === undefined || window[member] !== undefined;
}

function timeFault(value: unknown, { cron }: WindowDto): string | undefined {
  if (cron !== undefined) return 'must be left out: the window begins whenever cron fires';
  if (typeof value === 'string' && tryParseTimestamp(value) !== undefined) return undefined;
  return 'must be an RFC 3339 timestamp such as "2026-01-31T10:00:00Z"; or give cron and duration';
}

/** What is wrong with a time that has to be after another member; nothing if one of them is no time. */
export function orderFault(value: unknown, earlier: unknown, member: string): string | undefined {
  if (typeof earlier !== 'string' || typeof value !== 'string') return undefined;
  const [fromMs, toMs] = [tryParseTimestamp(earlier), tryParseTimestamp(value)];
  return fromMs === undefined || toMs === undefined || toMs > fromMs ? undefined : `must be after ${member}`;
}

function expressionFault(value: unknown, { duration: lasts, time_zone }: WindowDto): string | undefined {
  if (typeof value !== 'string') return 'must be text with five fields, such as "30 2 * * 6"';
  const fault = cronFault(value, DEFAULT_ZONE);
  if (fault !== undefined || durationFault(lasts, LASTS_MS.least, LASTS_MS.most) !== undefined) return fault;
  const isZone = typeof time_zone === 'string' && cronFault(EVERY_DAY, time_zone) === undefined;
  return cronFault(value, isZone ? time_zone : DEFAULT_ZONE, tryParseDuration(lasts));
}
