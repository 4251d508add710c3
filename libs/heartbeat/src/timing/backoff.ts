/** The first wait of an exponential backoff, in milliseconds. */
const FIRST_MS = 200;

/**
 * How long to wait before the try after `failures` failed ones: full jitter over an exponential, from 200 ms
 * up to `ceilingMs` ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015), never below what the
 * other side asked for.
 */
export function backoffMs(
  failures: number,
  ceilingMs: number,
  retryAfterMs: number | undefined,
  random: () => number = Math.random,
): number {
  const exponential = Math.min(ceilingMs, FIRST_MS * 2 ** Math.min(failures, 30));
  const jittered = FIRST_MS / 4 + random() * Math.max(0, exponential - FIRST_MS / 4);
  return Math.max(retryAfterMs ?? 0, Math.min(ceilingMs, jittered));
}
