/** Names of expressions, with what they stand for. */
const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@weekdays': '0 0 * * 1-5',
  '@weekends': '0 0 * * 0,6',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
  '@minutely': '* * * * *',
  '@secondly': '* * * * * *',
};

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** One value, a range, or all of them; every so many of it. */
const TIME_ITEM = /^(?:\*|\?|(\d{1,4})(?:-(\d{1,4}))?)(?:\/(\d{1,4}))?$/;
/** A value or all, and every so many from there on; or a range of which only some are taken. */
const STEPPED = /^(\*|\?|\d{1,4}|[a-z]{3})\/(\d{1,4})$/i;

/**
 * A cron expression as people write it: five fields, six with seconds in front, or a name such as `@daily`. What is
 * said of days stays as it is: `L`, `15W`, `6#1` and `+5` are for who knows the calendar.
 */
export class CronExpression {
  /** The numbers that they mean, in order. */
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Fields that a calendar is needed for. */
  readonly day: string;
  readonly month: string;
  readonly weekday: string;

  /** @throws Error saying what is wrong with it; what is wrong with its days shows only in the calendar */
  constructor(text: string) {
    const written = text.trim();
    const fields = (NAMED[written.toLowerCase()] ?? written).split(/\s+/);
    if (fields.length < 5 || fields.length > 6) {
      const count =
        written === '' ? 'no fields' : fields.length === 1 ? 'one field' : `${fields.length} fields`;
      throw new Error(`it has ${count}`);
    }
    const [seconds, minutes, hours, day, month, weekday] = fields.length === 6 ? fields : ['0', ...fields];
    this.seconds = timesOf(seconds as string, 59, 'second');
    this.minutes = timesOf(minutes as string, 59, 'minute');
    this.hours = timesOf(hours as string, 23, 'hour');
    this.day = daysOf(day as string, 1, 31);
    this.month = daysOf(month as string, 1, 12);
    this.weekday = daysOf(weekday as string, 0, 7);
  }

  /** Whether it names days of the month and weekdays, and does not say that both have to hold. */
  get isAmbiguous(): boolean {
    return !isAll(this.day) && !isAll(this.weekday) && !this.weekday.startsWith('+');
  }

  /** Whether it means every day. */
  get isDaily(): boolean {
    return isAll(this.day) && isAll(this.month) && isAll(this.weekday);
  }

  /** From the first time of a day that it means to the last one, in milliseconds. */
  get spanMs(): number {
    const { seconds, minutes, hours } = this;
    return (spanOf(hours) * 3_600 + spanOf(minutes) * 60 + spanOf(seconds)) * SECOND_MS;
  }

  /**
   * The widest gap from one time to the next where it means every day, in milliseconds; changes of the clocks are left
   * aside. Costs the same for any number of times.
   */
  get gapMs(): number {
    const { seconds, minutes, hours } = this;
    const [secondsSpan, minutesSpan] = [spanOf(seconds), spanOf(minutes) * 60];
    const gaps = [gapOf(seconds), gapOf(minutes) * 60 - secondsSpan];
    const widest = Math.max(...gaps, gapOf(hours) * 3_600 - minutesSpan - secondsSpan);
    return Math.max(widest * SECOND_MS, DAY_MS - this.spanMs);
  }

  /**
   * The same in six fields, in which certain hours are told from all of them: lists where it means certain hours,
   * a star for the hours where it means every one.
   */
  get inFull(): string {
    const isHourly = this.hours.length === 24;
    const written = (numbers: readonly number[]): string =>
      numbers.length === 60 ? (isHourly ? '*' : '0-59') : numbers.join(',');
    const hours = isHourly ? '*' : this.hours.join(',');
    const { day, month, weekday } = this;
    return [written(this.seconds), written(this.minutes), hours, day, month, weekday].join(' ');
  }
}

function isAll(field: string): boolean {
  return field === '*' || field === '?';
}

/** The numbers from 0 to `most` that a field means, in order. */
function timesOf(field: string, most: number, unit: string): number[] {
  const numbers = new Set<number>();
  for (const item of field.split(',')) {
    const [, first, last, step] =
      TIME_ITEM.exec(item) ?? refuse(`${JSON.stringify(item)} is not a valid ${unit}`);
    const from = Number(first ?? 0);
    const to = Number(last ?? (first === undefined || step !== undefined ? most : first));
    const by = Number(step ?? 1);
    if (from > most || to > most)
      refuse(`${JSON.stringify(item)} is out of range: ${unit}s go from 0 to ${most}`);
    if (from > to) refuse(`${JSON.stringify(item)} ends before it begins`);
    if (by === 0) refuse(`${JSON.stringify(item)} has a step of zero`);
    for (let number = from; number <= to; number += by) numbers.add(number);
  }
  return [...numbers].toSorted((a, b) => a - b);
}

/** A field of days or months: `5/10` is `5-31/10`, and a step that leaves the range takes the first only. */
function daysOf(field: string, least: number, most: number): string {
  const items = field.split(',').map((item) => {
    const [, first, step] = STEPPED.exec(item) ?? [];
    if (first === undefined || Number(step) === 0) return item;
    const isWhole = isAll(first);
    if (Number(step) > most - least) return isWhole ? String(least) : first;
    return isWhole ? item : `${first}-${most}/${step}`;
  });
  const together = items.join(',');
  // who lists all of them restricts nothing
  const all = most === 7 ? ['0-6', '0-7', '1-7', '*'] : [`${least}-${most}`, '*'];
  return all.includes(together.replace(/\/1$/, '')) ? '*' : together;
}

function refuse(why: string): never {
  throw new Error(why);
}

function spanOf(numbers: readonly number[]): number {
  return (numbers.at(-1) ?? 0) - (numbers[0] ?? 0);
}

/** The widest gap between two numbers in order; 0 if there is but one. */
function gapOf(numbers: readonly number[]): number {
  return numbers.reduce((widest, number, at) => Math.max(widest, number - (numbers[at - 1] ?? number)), 0);
}
