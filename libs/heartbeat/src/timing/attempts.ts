/** When something is due: as planned after a success, or after a failure. Monotonic milliseconds. */
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

  /** One more failed. */
  fail(dueMs: number): void {
    this.failed++;
    this.due = dueMs;
  }
}

/** The first wait of an exponential backoff, in milliseconds. */
const FIRST_MS = 200;

/**
 * How long to wait before the try after `failures` failed ones: full jitter over an exponential, from 200 ms
 * up to `ceilingMs` ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export function backoffMs(failures: number, ceilingMs: number, random: () => number = Math.random): number {
  const exponential = Math.min(ceilingMs, FIRST_MS * 2 ** Math.min(failures, 30));
  const jittered = FIRST_MS / 4 + random() * Math.max(0, exponential - FIRST_MS / 4);
  return Math.min(ceilingMs, jittered);
}
