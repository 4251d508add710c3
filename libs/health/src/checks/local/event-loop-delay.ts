import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

const NS_PER_MS = 1_000_000;

/** How late the event loop was, in milliseconds. */
export interface DelayFigures {
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const NONE: DelayFigures = { meanMs: 0, p99Ms: 0, maxMs: 0 };

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
    const current = this.current();
    return {
      meanMs: Math.max(current.meanMs, this.previous.meanMs),
      p99Ms: Math.max(current.p99Ms, this.previous.p99Ms),
      maxMs: Math.max(current.maxMs, this.previous.maxMs),
    };
  }

  private current(): DelayFigures {
    if (!this.histogram || this.histogram.count === 0) return NONE;
    return {
      meanMs: this.delayMs(this.histogram.mean),
      p99Ms: this.delayMs(this.histogram.percentile(99)),
      maxMs: this.delayMs(this.histogram.max),
    };
  }

  /** The histogram holds the time from one tick to the next; what is over the timer's own time is delay. */
  private delayMs(ns: number): number {
    return Math.round(Math.max(0, ns / NS_PER_MS - this.resolutionMs) * 10) / 10;
  }
}
