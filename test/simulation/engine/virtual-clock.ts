import { type CancelTimer, Clock } from '@vitals/core/time';
import type { Engine } from './engine.js';

/** Epoch milliseconds at which every simulation begins. */
export const ORIGIN_MS = Date.UTC(2026, 0, 1);

/** The clock that one process of the control plane sees: monotonic since its start, and a correct wall clock. */
export class VirtualClock extends Clock {
  private readonly startedMs: number;

  constructor(private readonly engine: Engine) {
    super();
    this.startedMs = engine.nowMs;
  }

  wallMs(): number {
    return ORIGIN_MS + this.engine.nowMs;
  }

  monotonicMs(): number {
    return this.engine.nowMs - this.startedMs;
  }

  after(delayMs: number, run: () => void): CancelTimer {
    let cancelled = false;
    this.engine.at(this.engine.nowMs + delayMs, () => {
      if (!cancelled) run();
    });
    return () => (cancelled = true);
  }

  soon(run: () => void): void {
    this.after(0, run);
  }
}
