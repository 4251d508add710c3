/** When something is due: as planned after a success, or after a failure. Monotonic milliseconds. */
export class Attempts {
  /** The first is due at once; it may be put off, or forward, whatever has failed. */
  dueMs = 0;
  /** How many have failed since the last success. */
  failures = 0;

  succeed(dueMs: number): void {
    this.failures = 0;
    this.dueMs = dueMs;
  }

  fail(dueMs: number): void {
    this.failures++;
    this.dueMs = dueMs;
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
