import { CronFields } from './cron.fields.js';
import { TimeZone } from './time-zone.js';

const DAY_MS = 86_400_000;
/** Schedules, and answers of each, that are remembered: many checks have one in common. */
const MOST_REMEMBERED = 10_000;
const MOST_ANSWERS = 64;

const remembered = new Map<string, CronSchedule>();

/**
 * When a cron expression fires in a time zone, also where its clocks change (the rule of Vixie's cron): one that
 * means certain hours fires once for each time that it means, at the first of two, and at the change for one that is
 * left out; one that means every hour fires whenever the clocks show such a time.
 */
export class CronSchedule {
  private readonly fields: CronFields;
  private readonly zone: TimeZone;
  private readonly answers = new Map<number, number | undefined>();

  /** @throws Error for an expression or a time zone that is none */
  constructor(expression: string, timeZone: string) {
    this.fields = new CronFields(expression);
    this.zone = TimeZone.of(timeZone);
  }

  /** One for all who ask for the same. @throws Error for an expression or a time zone that is none */
  static of(expression: string, timeZone: string): CronSchedule {
    const key = `${timeZone}\n${expression}`;
    let schedule = remembered.get(key);
    if (!schedule) {
      schedule = new CronSchedule(expression, timeZone);
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(key, schedule);
    }
    return schedule;
  }

  /** The first time that it fires after `afterMs` (epoch milliseconds); `undefined`: not within eight years. */
  nextMs(afterMs: number): number | undefined {
    if (this.answers.has(afterMs)) return this.answers.get(afterMs);
    const answer = this.fields.isHourly ? this.nextShownMs(afterMs) : this.nextMeantMs(afterMs);
    if (this.answers.size >= MOST_ANSWERS) this.answers.clear();
    this.answers.set(afterMs, answer);
    return answer;
  }

  private nextShownMs(afterMs: number): number | undefined {
    let sinceMs = afterMs;
    let localMs: number | undefined = afterMs + this.zone.offsetMs(afterMs);
    while ((localMs = this.fields.nextLocalMs(localMs)) !== undefined) {
      const offsetMs = this.zone.offsetMs(sinceMs);
      const firesMs = localMs - offsetMs;
      if (this.zone.offsetMs(firesMs) === offsetMs) return firesMs;
      sinceMs = this.zone.changeMs(sinceMs, firesMs);
      localMs = sinceMs + this.zone.offsetMs(sinceMs) - 1;
    }
    return undefined;
  }

  private nextMeantMs(afterMs: number): number | undefined {
    let localMs: number | undefined = afterMs + this.zone.offsetMs(afterMs);
    while ((localMs = this.fields.nextLocalMs(localMs)) !== undefined) {
      const firesMs = this.firstShownMs(localMs);
      // in the second of two equal hours what was meant has been
      if (firesMs > afterMs) return firesMs;
    }
    return undefined;
  }

  /** When the clocks show a local time first, or when they are put past it. */
  private firstShownMs(localMs: number): number {
    const before = this.zone.offsetMs(localMs - DAY_MS);
    const after = this.zone.offsetMs(localMs + DAY_MS);
    if (before === after) return localMs - before;
    const earlyMs = localMs - Math.max(before, after);
    const lateMs = localMs - Math.min(before, after);
    for (const firesMs of [earlyMs, lateMs]) {
      if (firesMs + this.zone.offsetMs(firesMs) === localMs) return firesMs;
    }
    return this.zone.changeMs(earlyMs, lateMs);
  }
}
