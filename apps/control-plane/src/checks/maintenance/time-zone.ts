/** There are some 600; a name may be written in small and large letters. */
const MOST_REMEMBERED = 2_000;

const remembered = new Map<string, TimeZone>();

/** What the clocks of one time zone (IANA) show. */
export class TimeZone {
  private readonly format: Intl.DateTimeFormat;

  private constructor(name: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** One for all who ask for the same. @throws RangeError for a name that nobody knows */
  static of(name: string): TimeZone {
    let zone = remembered.get(name);
    if (!zone) {
      zone = new TimeZone(name);
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(name, zone);
    }
    return zone;
  }

  /** Local time minus UTC at an instant, in milliseconds. */
  offsetMs(atMs: number): number {
    const wholeMs = Math.floor(atMs / 1_000) * 1_000;
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.format.formatToParts(wholeMs)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs;
  }

  /** The first instant in (fromMs, toMs] with another offset than `fromMs`; the offsets of both have to differ. */
  changeMs(fromMs: number, toMs: number): number {
    const before = this.offsetMs(fromMs);
    let low = fromMs;
    let high = toMs;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetMs(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }
}
