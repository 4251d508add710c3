import { CronTime } from 'cron';

/** The longest time without a 29 February, in years (1896 to 1904, 2096 to 2104). */
const YEARS_AHEAD = 8;

/**
 * The local times that a cron expression means, without a time zone. A local time is written as the epoch
 * milliseconds that it would have in UTC. The grammar is that of the `cron` package, which reads the expression:
 * five fields, six with seconds in front, or a name such as `@daily`; where both days are restricted, either will do.
 */
export class CronFields {
  private readonly seconds: readonly number[];
  private readonly minutes: readonly number[];
  private readonly hours: readonly number[];
  private readonly days: ReadonlySet<number>;
  private readonly months: ReadonlySet<number>;
  private readonly weekdays: ReadonlySet<number>;

  /** @throws Error saying what is wrong with the expression */
  constructor(expression: string) {
    // its own search for the next date takes a millisecond, and is wrong in an hour that comes twice: only what
    // it read is taken from it
    const read = new CronTime(expression, 'UTC');
    this.seconds = numbersOf(read['second']);
    this.minutes = numbersOf(read['minute']);
    this.hours = numbersOf(read['hour']);
    this.days = new Set(numbersOf(read['dayOfMonth']));
    this.months = new Set(numbersOf(read['month']));
    this.weekdays = new Set(numbersOf(read['dayOfWeek']));
  }

  /** Whether it means every hour of its days. */
  get isHourly(): boolean {
    return this.hours.length === 24;
  }

  /** The first local time after `localMs`; `undefined` if there is none within the next eight years. */
  nextLocalMs(localMs: number): number | undefined {
    const from = new Date(Math.floor(localMs / 1_000) * 1_000 + 1_000);
    const today = this.isDay(from)
      ? this.timeFrom(from.getUTCHours(), from.getUTCMinutes(), from.getUTCSeconds())
      : undefined;
    if (today !== undefined) return startOfDay(from) + today;
    const last = from.getUTCFullYear() + YEARS_AHEAD;
    for (let day = new Date(startOfDay(from, 1)); day.getUTCFullYear() <= last;) {
      if (this.isDay(day)) return day.getTime() + (this.timeFrom(0, 0, 0) ?? 0);
      const isMonth = this.months.has(day.getUTCMonth() + 1);
      day = new Date(isMonth ? startOfDay(day, 1) : Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1));
    }
    return undefined;
  }

  private isDay(date: Date): boolean {
    if (!this.months.has(date.getUTCMonth() + 1)) return false;
    const isDay = this.days.has(date.getUTCDate());
    const isWeekday = this.weekdays.has(date.getUTCDay());
    const bothRestricted = this.days.size < 31 && this.weekdays.size < 7;
    return bothRestricted ? isDay || isWeekday : isDay && isWeekday;
  }

  /** The first time of day from this one on, in milliseconds since midnight. */
  private timeFrom(hour: number, minute: number, second: number): number | undefined {
    for (const h of this.hours) {
      if (h < hour) continue;
      for (const m of this.minutes) {
        if (h === hour && m < minute) continue;
        const s = this.seconds.find((each) => h > hour || m > minute || each >= second);
        if (s !== undefined) return ((h * 60 + m) * 60 + s) * 1_000;
      }
    }
    return undefined;
  }
}

function startOfDay(date: Date, later = 0): number {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + later);
}

function numbersOf(field: object): number[] {
  return Object.keys(field)
    .map(Number)
    .toSorted((a, b) => a - b);
}
