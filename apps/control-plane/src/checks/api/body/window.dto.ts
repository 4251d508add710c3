import { tryParseTimestamp } from '@vitals/core/time';
import { ValidateIf } from 'class-validator';
import { IfGiven } from '../../../http/validation.js';
import { cronFault } from '../../maintenance/maintenance.window.js';
import { durationFault, tryDuration } from './duration.rule.js';
import { Rule } from './rule.js';

/** How long one window may last, in milliseconds. */
const LASTS_MS = { least: 1_000, most: 24 * 86_400_000 };
/** The time zone in which a cron expression is read where none is said. */
export const DEFAULT_ZONE = 'UTC';

/** A maintenance window: from `start` to `end`, or for a `duration` whenever a `cron` fires. */
export class WindowDto {
  @ValidateIf(isOnceOr('start'))
  @Rule((value, window: WindowDto) => timeFault(value, window))
  start?: string;

  @ValidateIf(isOnceOr('end'))
  @Rule((value, window: WindowDto) => timeFault(value, window) ?? endFault(value, window))
  end?: string;

  @IfGiven()
  @Rule(expressionFault)
  cron?: string;

  @ValidateIf(({ cron, duration }: WindowDto) => cron !== undefined || duration !== undefined)
  @Rule((value, { cron }: WindowDto) =>
    cron === undefined ? NO_CRON : durationFault(value, LASTS_MS.least, LASTS_MS.most),
  )
  duration?: string;

  @IfGiven()
  @Rule((value, { cron }: WindowDto) => {
    if (cron === undefined) return NO_CRON;
    return typeof value === 'string' ? cronFault(EVERY_DAY, value) : 'must be text, such as "Europe/Berlin"';
  })
  time_zone?: string;
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

function endFault(value: unknown, { start }: WindowDto): string | undefined {
  const startMs = typeof start === 'string' ? tryParseTimestamp(start) : undefined;
  const endMs = tryParseTimestamp(String(value));
  if (startMs === undefined || endMs === undefined || endMs > startMs) return undefined;
  return 'must be after start';
}

function expressionFault(value: unknown, { duration, time_zone: zone }: WindowDto): string | undefined {
  if (typeof value !== 'string') return 'must be text with five fields, such as "30 2 * * 6"';
  const fault = cronFault(value, DEFAULT_ZONE);
  if (fault !== undefined || durationFault(duration, LASTS_MS.least, LASTS_MS.most) !== undefined)
    return fault;
  const isZone = typeof zone === 'string' && cronFault(EVERY_DAY, zone) === undefined;
  return cronFault(value, isZone ? zone : DEFAULT_ZONE, tryDuration(duration));
}
