import type { FactoryProvider } from '@nestjs/common';
import type { HealthStatus } from '@vitals/core/health';
import { type Duration, parseDuration } from '@vitals/core/time';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { HealthOptions } from '../../declaration/health.options.js';
import { provideCheck, up } from '../provide-check.js';
import { Settings } from '../check-settings.js';

/** What `eventLoopCheck` can be told, besides what every check can. */
export interface EventLoopCheckSettings extends HealthOptions {
  /** `DOWN` with a longer delay than this; default 500 ms. */
  readonly maxDelay?: Duration;
  /** `DEGRADED` with a longer delay than this; default none. */
  readonly warnDelay?: Duration;
  /** Which figure is compared: the 99th percentile (default), the mean, or the worst delay. */
  readonly measure?: 'p99' | 'mean' | 'max';
  /** How long a window is, of which the running one and the one before it count; default 10 s. */
  readonly window?: Duration;
  /** How often the delay is looked at, in milliseconds; default 10. */
  readonly resolutionMs?: number;
}

const OWN = ['maxDelay', 'warnDelay', 'measure', 'window', 'resolutionMs'] as const;
const DEFAULT_MAX_DELAY = '500ms';
const DEFAULT_WINDOW = '10s';
const DEFAULT_RESOLUTION_MS = 10;
const MEASURES = ['p99', 'mean', 'max'] as const;
const NS_PER_MS = 1_000_000;

/** How late the event loop was, in milliseconds. */
interface DelayFigures {
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const NONE: DelayFigures = { meanMs: 0, p99Ms: 0, maxMs: 0 };

/**
 * How late the event loop is: `providers: [eventLoopCheck({ maxDelay: '250ms' })]`. Measures from the start of the
 * module to its end. Reports `p99Ms`, `meanMs` and `maxMs`: how much later than due timers ran, in milliseconds.
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong
 */
export function eventLoopCheck(settings: EventLoopCheckSettings = {}): FactoryProvider {
  const read = Settings.of('eventLoopCheck', settings, OWN);
  const { maxDelay, warnDelay, window, resolutionMs } = settings;
  const measure = read.oneOf('measure', settings.measure ?? 'p99', MEASURES);
  const maxMs = readDuration(read, 'maxDelay', maxDelay ?? DEFAULT_MAX_DELAY);
  const warnMs = warnDelay === undefined ? undefined : readDuration(read, 'warnDelay', warnDelay);
  if (warnMs !== undefined && warnMs > maxMs)
    read.refuse('warnDelay', warnDelay, `less than maxDelay, which is ${maxMs} ms`);
  const windowMs = readDuration(read, 'window', window ?? DEFAULT_WINDOW);
  const resolution = read.integer('resolutionMs', resolutionMs ?? DEFAULT_RESOLUTION_MS, 1, 1_000);
  return provideCheck(read.internal('event-loop'), () => {
    const delay = new EventLoopDelay(resolution, windowMs);
    return {
      open: () => delay.start(),
      close: () => delay.stop(),
      check: () => judge(delay.figures(), measure, maxMs, warnMs),
    };
  });
}

function judge(
  figures: DelayFigures,
  measure: (typeof MEASURES)[number],
  maxMs: number,
  warnMs: number | undefined,
): HealthStatus {
  const delayMs = figures[`${measure}Ms`];
  const status = up({ p99Ms: figures.p99Ms, meanMs: figures.meanMs, maxMs: figures.maxMs });
  if (delayMs > maxMs) return status.down(`the event loop is more than ${maxMs} ms late`);
  if (warnMs !== undefined && delayMs > warnMs)
    return status.degraded(`the event loop is more than ${warnMs} ms late`);
  return status;
}

function readDuration(read: Settings, setting: string, given: Duration): number {
  const ms = read.parsed(given, parseDuration) ?? 0;
  return ms > 0 ? ms : read.refuse(setting, given, 'a duration over 0, such as "250ms" or "10s"');
}

/**
 * Measures how late timers are, by a timer of `resolutionMs`. The figures cover the running window and the one
 * before it, so that a stall is seen for a whole window at least, however often anybody asks, and forgotten
 * after two. Neither timer keeps the process alive.
 */
export class EventLoopDelay {
  private histogram: IntervalHistogram | undefined;
  private rotation: NodeJS.Timeout | undefined;
  private previous = NONE;

  constructor(
    private readonly resolutionMs: number,
    private readonly windowMs: number,
  ) {}

  /** Begins to measure; nothing happens if it does already. */
  start(): void {
    if (this.histogram) return;
    this.histogram = monitorEventLoopDelay({ resolution: this.resolutionMs });
    this.histogram.enable();
    this.rotation = setInterval(() => this.rotate(), this.windowMs).unref();
  }

  /** Ends measuring, and frees the timers; the last figures stay. */
  stop(): void {
    if (!this.histogram) return;
    this.previous = this.figures();
    clearInterval(this.rotation);
    this.histogram.disable();
    this.histogram = undefined;
  }

  /** Begins a new window. */
  rotate(): void {
    this.previous = this.current();
    this.histogram?.reset();
  }

  figures(): DelayFigures {
    const [now, before] = [this.current(), this.previous];
    const worse = (figure: keyof DelayFigures): number => Math.max(now[figure], before[figure]);
    return { meanMs: worse('meanMs'), p99Ms: worse('p99Ms'), maxMs: worse('maxMs') };
  }

  private current(): DelayFigures {
    const { histogram, resolutionMs } = this;
    if (!histogram || histogram.count === 0) return NONE;
    // it holds the time from one tick to the next; what is over the timer's own time is delay
    const ms = (ns: number): number => Math.round(Math.max(0, ns / NS_PER_MS - resolutionMs) * 10) / 10;
    return { meanMs: ms(histogram.mean), p99Ms: ms(histogram.percentile(99)), maxMs: ms(histogram.max) };
  }
}
