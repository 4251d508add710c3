import type { MaintenanceWindow } from '@vitals/core/probe';
import { CronSchedule } from './cron.schedule.js';
import { TimeZone } from './time-zone.js';

/** Windows that follow each other without a gap are joined as far as this; then one has to ask again. */
const MOST_JOINED = 100;
/** A window that begins again so often before it ends is taken for one that never ends. */
const MOST_IN_A_ROW = 2_000;
const LONGEST_EXPRESSION = 200;
/** Any time will do to look whether a cron ever fires. */
const SOME_TIME_MS = Date.UTC(2024, 0, 1);
const SECOND_MS = 1_000;

type CronWindow = Extract<MaintenanceWindow, { kind: 'cron' }>;

/** Whether a check is in maintenance, and for how long that is certain. */
export interface Maintenance {
  readonly open: boolean;
  /**
   * Until this instant (epoch milliseconds) nothing changes; ask again then, for where one window ends another may
   * go on. `undefined`: nothing ever changes.
   */
  readonly changesAtMs: number | undefined;
}

/** Whether one of the windows is open at `atMs` (epoch milliseconds). They may overlap. */
export function openUntilMs(windows: readonly MaintenanceWindow[], atMs: number): Maintenance {
  let endMs = atMs;
  for (let joined = 0, before = Number.NaN; endMs !== before && joined < MOST_JOINED; joined++) {
    before = endMs;
    for (const window of windows) endMs = Math.max(endMs, endOf(window, endMs) ?? endMs);
  }
  if (endMs > atMs) return { open: true, changesAtMs: endMs };
  const starts = windows
    .map((window) => nextStartOf(window, atMs))
    .filter((startMs) => startMs !== undefined);
  return { open: false, changesAtMs: starts.length === 0 ? undefined : Math.min(...starts) };
}

/**
 * What is wrong with a cron expression, its time zone, or how long its windows last: in words that say what to give
 * instead. `undefined`: nothing.
 */
export function cronFault(expression: string, timeZone: string, durationMs?: number): string | undefined {
  const fault = expressionFault(expression) ?? zoneFault(timeZone);
  if (fault !== undefined) return fault;
  const firstMs = CronSchedule.of(expression, timeZone).nextMs(SOME_TIME_MS);
  const quoted = JSON.stringify(expression);
  if (firstMs === undefined) return `${quoted} never comes: no month that it names has that day`;
  if (durationMs === undefined) return undefined;
  let endMs: number | undefined = firstMs;
  for (let times = 0; times < MOST_IN_A_ROW; times++) {
    endMs = endOf({ kind: 'cron', expression, timeZone, durationMs }, endMs);
    if (endMs === undefined) return undefined;
  }
  return `${quoted} begins again before it ends, and would never end: let it last shorter, or begin less often`;
}

function expressionFault(expression: string): string | undefined {
  const advice = 'give five fields (minute, hour, day, month, weekday), such as "30 2 * * 6"';
  if (expression.length > LONGEST_EXPRESSION)
    return `is longer than ${LONGEST_EXPRESSION} characters; ${advice}`;
  try {
    CronSchedule.of(expression, 'UTC');
    return undefined;
  } catch (error) {
    return `${JSON.stringify(expression)} is no cron expression (${(error as Error).message}); ${advice}`;
  }
}

function zoneFault(timeZone: string): string | undefined {
  try {
    TimeZone.of(timeZone);
    return undefined;
  } catch {
    return `${JSON.stringify(timeZone.slice(0, 64))} is no time zone; give an IANA name, such as "Europe/Berlin" or "UTC"`;
  }
}

/** Where the window ends that is open at `atMs`; `undefined` if none is. */
function endOf(window: MaintenanceWindow, atMs: number): number | undefined {
  if (window.kind === 'cron') return endOfCron(window, atMs);
  return window.startMs <= atMs && atMs < window.endMs ? window.endMs : undefined;
}

/** Where one begins again before it ends, goes by a late beginning: those that begin often are joined in few steps. */
function endOfCron({ expression, timeZone, durationMs }: CronWindow, atMs: number): number | undefined {
  const schedule = CronSchedule.of(expression, timeZone);
  const beginsMs = schedule.nextMs(atMs - durationMs);
  if (beginsMs === undefined || beginsMs > atMs) return undefined;
  for (let backMs = SECOND_MS; atMs - backMs > beginsMs; backMs *= 2) {
    const laterMs = schedule.nextMs(atMs - backMs);
    if (laterMs !== undefined && laterMs <= atMs) return laterMs + durationMs;
  }
  return beginsMs + durationMs;
}

function nextStartOf(window: MaintenanceWindow, atMs: number): number | undefined {
  if (window.kind === 'cron') return CronSchedule.of(window.expression, window.timeZone).nextMs(atMs);
  return window.startMs > atMs && window.startMs < window.endMs ? window.startMs : undefined;
}
