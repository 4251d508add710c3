/** There are some 600; a name may be written in small and large letters. */
const MOST_REMEMBERED = 2_000;

/**
 * How much of a zone is looked at together, in milliseconds: asking what clocks show takes long, and within so little
 * time those of no zone change twice.
 */
const SPAN_MS = 6 * 3_600_000;
/** Spans that are remembered of each zone: nearly three years. */
const MOST_SPANS = 4_096;

/** The offset of a span of time, and from when on it is another one. */
interface Span {
  readonly offsetMs: number;
  readonly changesAtMs: number;
  readonly laterMs: number;
}

const remembered = new Map<string, TimeZone>();

/** What the clocks of one time zone (IANA) show. */
export class TimeZone {
  private readonly format: Intl.DateTimeFormat;
  private readonly spans = new Map<number, Span>();

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
    const number = Math.floor(atMs / SPAN_MS);
    const span = this.spans.get(number) ?? this.remember(number);
    return atMs < span.changesAtMs ? span.offsetMs : span.laterMs;
  }

  /** The first instant in (fromMs, toMs] with another offset than `fromMs`; the offsets of both have to differ. */
  changeMs(fromMs: number, toMs: number): number {
    return firstOther((atMs) => this.offsetMs(atMs), fromMs, toMs);
  }

  private remember(number: number): Span {
    const startMs = number * SPAN_MS;
    const lastMs = startMs + SPAN_MS - 1;
    const [offsetMs, laterMs] = [this.shownOffsetMs(startMs), this.shownOffsetMs(lastMs)];
    const changesAtMs =
      offsetMs === laterMs ? Infinity : firstOther((atMs) => this.shownOffsetMs(atMs), startMs, lastMs);
    const span = { offsetMs, changesAtMs, laterMs };
    if (this.spans.size >= MOST_SPANS) this.spans.clear();
    this.spans.set(number, span);
    return span;
  }

  private shownOffsetMs(atMs: number): number {
    const wholeMs = Math.floor(atMs / 1_000) * 1_000;
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.format.formatToParts(wholeMs)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs;
  }
}

/** Halves (fromMs, toMs] until the first instant is left whose offset differs from that of `fromMs`. */
function firstOther(offsetAt: (atMs: number) => number, fromMs: number, toMs: number): number {
  const before = offsetAt(fromMs);
  let low = fromMs;
  let high = toMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
