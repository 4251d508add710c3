import { CronExpression, type MaintenanceWindow } from '@vitals/core/check';
import { Cron } from 'croner';
import { assertTimeZone, CronSchedule } from './cron.schedule.js';

/** Windows that follow each other without a gap are joined with so many looks; then one has to ask again. */
const MAX_LOOKS = 400;
const MAX_EXPRESSION = 200;
/** Days in a row without a gap after which a window is taken for one that never ends. */
const MAX_DAYS = 32;
const SOME_TIME = new Date(Date.UTC(2024, 0, 1) - 1_000);

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
  for (let looks = 0, before = Number.NaN; endMs !== before && looks < MAX_LOOKS; looks += windows.length) {
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
 * instead. `undefined`: nothing. What was defined when less was refused is not asked again, and means what it did.
 */
export function cronFault(text: string, timeZone: string, durationMs?: number): string | undefined {
  const advice =
    'give five fields (minute, hour, day, month, weekday), such as "30 2 * * 6", or six with seconds in front, or a name such as "@daily"';
  if (text.length > MAX_EXPRESSION) return `is longer than ${MAX_EXPRESSION} characters; ${advice}`;
  const quoted = JSON.stringify(text);
  let expression: CronExpression;
  let comes: boolean;
  try {
    expression = new CronExpression(text);
    comes = CronSchedule.of(text, 'UTC').comesSoon();
  } catch (error) {
    return `${quoted} is not a cron expression (${(error as Error).message}); ${advice}`;
  }
  if (expression.isAmbiguous) return ambiguityOf(quoted, expression);
  const fault = zoneFault(timeZone);
  if (fault !== undefined) return fault;
  if (!comes) return `${quoted} never comes: no month that it names has that day`;
  if (durationMs === undefined || !neverEnds(expression, durationMs)) return undefined;
  return `${quoted} begins again before it ends, and would never end: let it last shorter, or begin less often`;
}

/** Cron takes either day: `0 0 13 * 5` is every Friday and every 13th, which hardly anybody wants. */
function ambiguityOf(quoted: string, { day, month, weekday }: CronExpression): string {
  const both = `${day} ${month} +${weekday}`;
  return (
    `${quoted} names a day of the month and a weekday, and cron would take either of them: for a certain weekday ` +
    `of the month write it with its number, such as "6#1" for the first Saturday or "6L" for the last, and * for the ` +
    `day; for days on which both hold, end with "${both}"; for either, give two windows`
  );
}

function zoneFault(timeZone: string): string | undefined {
  try {
    assertTimeZone(timeZone);
    return undefined;
  } catch {
    return `${JSON.stringify(timeZone.slice(0, 64))} is not a time zone; use an IANA name, such as "Europe/Berlin" or "UTC"`;
  }
}

/** Where the window ends that is open at `atMs`; `undefined` if none is. */
function endOf(window: MaintenanceWindow, atMs: number): number | undefined {
  if (window.kind === 'cron') return endOfCron(window, atMs);
  return window.startMs <= atMs && atMs < window.endMs ? window.endMs : undefined;
}

/** Where one begins again before it ends, goes by the last beginning: those that begin often are joined at once. */
function endOfCron({ expression, timeZone, durationMs }: CronWindow, atMs: number): number | undefined {
  const beganMs = CronSchedule.of(expression, timeZone).lastMs(atMs);
  return beganMs !== undefined && beganMs + durationMs > atMs ? beganMs + durationMs : undefined;
}

function nextStartOf(window: MaintenanceWindow, atMs: number): number | undefined {
  if (window.kind === 'cron') return CronSchedule.of(window.expression, window.timeZone).nextMs(atMs);
  return window.startMs > atMs && window.startMs < window.endMs ? window.startMs : undefined;
}

/** Whether windows of this length, one at each time that the expression means, leave no gap for a month. */
function neverEnds(expression: CronExpression, durationMs: number): boolean {
  if (expression.gapMs > durationMs) return false;
  return expression.isDaily || joinsDays(expression, expression.spanMs + durationMs);
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
