import { CronExpression } from '@vitals/core/check';
import { Cron, type CronOptions } from 'croner';
import { tryRead } from '../../http/members.js';

/** Schedules, and answers of each, that are remembered: many checks have one in common. */
const MAX_REMEMBERED = 10_000;
const MAX_ANSWERS = 32;
const MAX_EXPRESSION = 200;
/** Days in a row without a gap after which a window is taken for one that never ends. */
const MAX_DAYS = 32;
/** Before all years in which it is looked for. */
const SOME_TIME = new Date(Date.UTC(2024, 0, 1) - 1_000);

/** Who means certain hours fires at the first of two, and at the change for one that is left out (Vixie's rule). */
const OPTIONS: CronOptions = { mode: '6-part', fixedTimeRule: 'no-wildcard' };

const remembered = new Map<string, CronSchedule>();

/**
 * When a cron expression fires in a time zone, also where its clocks change: one that means certain hours fires once
 * for each time that it means; one that means every hour fires whenever the clocks show such a time. The calendar is
 * croner's.
 */
export class CronSchedule {
  private readonly cron: Cron;
  /** Between two instants it fires at none but the second; it fired at the first, or somebody asked about it. */
  private readonly answers: { readonly afterMs: number; readonly nextMs: number | undefined }[] = [];
  /** Whether it ever fires: to look for what is not there takes long. */
  private fires: boolean | undefined;

  /** @throws Error for an expression or a time zone that is none */
  constructor(
    readonly expression: CronExpression,
    timeZone: string,
  ) {
    formatIn(timeZone);
    try {
      this.cron = new Cron(expression.inFull, { ...OPTIONS, timezone: timeZone });
    } catch (error) {
      throw new Error(faultOf(expression), { cause: error });
    }
  }

  /** One for all who ask for the same. @throws Error for an expression or a time zone that is none */
  static of(expression: string, timeZone: string): CronSchedule {
    const key = `${timeZone}\n${expression}`;
    let schedule = remembered.get(key);
    if (!schedule) {
      schedule = new CronSchedule(new CronExpression(expression), timeZone);
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(key, schedule);
    }
    return schedule;
  }

  /** The first time that it fires after `afterMs` (epoch milliseconds); `undefined`: in no year that counts. */
  nextMs(afterMs: number): number | undefined {
    const known = this.answers.find((one) => one.afterMs <= afterMs && afterMs < (one.nextMs ?? Infinity));
    if (known) return known.nextMs;
    const nextMs = this.cron.nextRun(new Date(afterMs))?.getTime();
    if (this.answers.length >= MAX_ANSWERS) this.answers.shift();
    this.answers.push({ afterMs, nextMs });
    return nextMs;
  }

  /** Whether it fires within eight years, the longest time without a 29 February; of those that begin with 2024. */
  comesSoon(): boolean {
    const cron = new Cron(`${this.expression.inFull} 2024-2032`, { mode: '7-part', utcOffset: 0 });
    return cron.nextRun(SOME_TIME) !== null;
  }

  /** The last time that it fired up to and including `atMs` (epoch milliseconds); `undefined`: never did. */
  lastMs(atMs: number): number | undefined {
    this.fires ??= this.nextMs(0) !== undefined;
    if (!this.fires) return undefined;
    return this.cron.previousRuns(1, new Date(atMs + 1))[0]?.getTime();
  }
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
  if (tryRead(() => formatIn(timeZone))) return undefined;
  return `${JSON.stringify(timeZone.slice(0, 64))} is not a time zone; use an IANA name, such as "Europe/Berlin" or "UTC"`;
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

/** @throws RangeError for a name that nobody knows */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', { timeZone });
}

/** Which of the fields that croner reads it could not read: its own words are about its code. */
function faultOf({ day, month, weekday }: CronExpression): string {
  const fields: [text: string, alone: string, what: string][] = [
    [day, `0 0 0 ${day} * *`, 'day of the month'],
    [month, `0 0 0 * ${month} *`, 'month'],
    [weekday, `0 0 0 * * ${weekday}`, 'weekday'],
  ];
  const wrong = fields.find(([, alone]) => !tryRead(() => new Cron(alone, OPTIONS)));
  return wrong
    ? `${JSON.stringify(wrong[0])} is not a valid ${wrong[2]}`
    : 'its days cannot be read together';
}
