import { type CancelTimer, Clock } from '@vitals/core/time';
import type { Engine } from '../../engine/engine.js';
import { ORIGIN_MS } from '../../engine/virtual-clock.js';

/** The wall clock of the machine: right, but for what somebody set it off by. */
export class WallClock {
  /** In milliseconds. */
  offMs = 0;

  constructor(private readonly engine: Engine) {}

  nowMs(): number {
    return ORIGIN_MS + this.engine.nowMs + this.offMs;
  }
}

/** What one process sees of time: its timers wait while it stands still, and are never heard of once it is dead. */
export class ProcessClock extends Clock {
  private readonly startedMs: number;
  private stillUntilMs = 0;
  private dead = false;

  constructor(
    private readonly engine: Engine,
    private readonly wall: WallClock,
  ) {
    super();
    this.startedMs = engine.nowMs;
  }

  wallMs(): number {
    return this.wall.nowMs();
  }

  monotonicMs(): number {
    return this.engine.nowMs - this.startedMs;
  }

  after(delayMs: number, run: () => void): CancelTimer {
    let cancelled = false;
    const fire = (): void => {
      if (cancelled || this.dead) return;
      if (this.engine.nowMs < this.stillUntilMs) this.engine.at(this.stillUntilMs, fire);
      else run();
    };
    this.engine.at(this.engine.nowMs + Math.ceil(delayMs), fire);
    return () => (cancelled = true);
  }

  soon(run: () => void): void {
    this.after(0, run);
  }

  /** Calls `run` again and again, the next time `everyMs` after it began. */
  every(everyMs: number, run: () => void): void {
    this.after(everyMs, () => {
      this.every(everyMs, run);
      run();
    });
  }

  /** No timer fires before `atMs` of the engine; those that are due meanwhile fire then. */
  standStill(atMs: number): void {
    this.stillUntilMs = atMs;
  }

  /** No timer fires any more. */
  kill(): void {
    this.dead = true;
  }
}
