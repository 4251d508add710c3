import { type CancelTimer, Clock } from './clock.js';

interface PendingTimer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** How often `advance` lets promise callbacks run before it looks for the next timer. */
const MICROTASK_TURNS = 100;

/**
 * A clock that stands still until it is told to move: for tests and simulations. `wallMs` and `monotonicMs`
 * move together, unless `setWall` makes the wall clock jump.
 */
export class ManualClock extends Clock {
  private elapsedMs = 0;
  private readonly timers = new Set<PendingTimer>();

  /** @param wallOriginMs epoch milliseconds at which the clock starts */
  constructor(private wallOriginMs = Date.UTC(2026, 0, 1)) {
    super();
  }

  wallMs(): number {
    return this.wallOriginMs + this.elapsedMs;
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  after(delayMs: number, run: () => void): CancelTimer {
    const timer = { dueMs: this.elapsedMs + Math.max(0, delayMs), run };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  soon(run: () => void): void {
    this.after(0, run);
  }

  /** Makes the wall clock jump to `wallMs`, as a correction by NTP does; monotonic time is untouched. */
  setWall(wallMs: number): void {
    this.wallOriginMs = wallMs - this.elapsedMs;
  }

  /** Moves time forward without firing timers: what a process sees after it stood still. */
  jump(ms: number): void {
    this.elapsedMs += ms;
  }

  /** Moves time forward by `ms`, firing every timer at its time, in order, with promise callbacks between. */
  async advance(ms: number): Promise<void> {
    const endMs = this.elapsedMs + ms;
    await this.settle();
    for (let next = this.nextDue(endMs); next; next = this.nextDue(endMs)) {
      this.timers.delete(next);
      this.elapsedMs = Math.max(this.elapsedMs, next.dueMs);
      next.run();
      await this.settle();
    }
    this.elapsedMs = Math.max(this.elapsedMs, endMs);
  }

  /** Lets the promise callbacks that are ready run, without moving time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < MICROTASK_TURNS; turn++) await Promise.resolve();
  }

  private nextDue(endMs: number): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.timers) {
      if (timer.dueMs <= endMs && (!next || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}
