import { backoffMs } from './backoff.js';

/** When something is due: as planned after a success, by backoff after a failure. Monotonic milliseconds. */
export class Attempts {
  private due = 0;
  private failed = 0;

  /** The first is due at once. */
  get dueMs(): number {
    return this.due;
  }

  /** How many have failed since the last success. */
  get failures(): number {
    return this.failed;
  }

  /** Puts the next one off, or forward, whatever has failed. */
  plan(dueMs: number): void {
    this.due = dueMs;
  }

  succeed(dueMs: number): void {
    this.failed = 0;
    this.due = dueMs;
  }

  /** @returns how long to wait, in milliseconds: at most `ceilingMs`, unless the other side asked for more */
  fail(nowMs: number, ceilingMs: number, retryAfterMs: number | undefined): number {
    const waitMs = backoffMs(this.failed, ceilingMs, retryAfterMs);
    this.failed++;
    this.due = nowMs + waitMs;
    return waitMs;
  }
}
