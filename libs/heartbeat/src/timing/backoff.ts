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
