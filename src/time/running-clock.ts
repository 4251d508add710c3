import { type CancelTimer, Clock } from './clock.js';

/** The time by which silence is judged, and the time that people read. */
export interface JudgingTime {
  /** Milliseconds that count as silence of the others; never decreases. */
  nowMs(): number;
  /** Milliseconds since the Unix epoch; may jump in either direction. */
  wallMs(): number;
}

/**
 * The clock of a process that judges the silence of others: all that the clock of the machine offers, and running
 * time, which is monotonic time without the spans in which this process stood still (blocked event loop, suspended
 * machine): an observer that was not looking must not call others silent. Whoever judges silence reads `nowMs`. It
 * must be read at least every `beatMs`; a gap longer than `toleranceMs` between two reads counts as a standstill of
 * which only `beatMs` ran. Reading it first after a standstill, from whatever callback, is what makes the guard
 * exact, so every entry into a lease table reads it.
 */
export class RunningClock extends Clock implements JudgingTime {
  private lastMonotonicMs: number;
  private pausedTotalMs = 0;

  /**
   * @param clock the clock of the machine
   * @param beatMs how often it is promised to be read, in milliseconds
   * @param toleranceMs gaps up to this long are ordinary lateness, in milliseconds
   */
  constructor(
    private readonly clock: Clock,
    private readonly beatMs = 50,
    private readonly toleranceMs = 250,
  ) {
    super();
    this.lastMonotonicMs = clock.monotonicMs();
  }

  /** Running time now, in milliseconds; never decreases. */
  nowMs(): number {
    const monotonicMs = this.clock.monotonicMs();
    const gapMs = monotonicMs - this.lastMonotonicMs;
    if (gapMs > this.toleranceMs) this.pausedTotalMs += gapMs - this.beatMs;
    this.lastMonotonicMs = monotonicMs;
    return monotonicMs - this.pausedTotalMs;
  }

  /** How long this process has stood still in total, in milliseconds. */
  get pausedMs(): number {
    return this.pausedTotalMs;
  }

  wallMs(): number {
    return this.clock.wallMs();
  }

  /** Of the machine, standstills included: for durations and deadlines that hold for this process too. */
  monotonicMs(): number {
    return this.clock.monotonicMs();
  }

  after(delayMs: number, run: () => void): CancelTimer {
    return this.clock.after(delayMs, run);
  }

  soon(run: () => void): void {
    this.clock.soon(run);
  }
}
