import { setTimeout as wait } from 'node:timers/promises';

/** Asks again and again until the answer is yes. @throws Error if it is not within `withinMs` */
export async function until(
  asks: () => boolean | Promise<boolean>,
  withinMs = 120_000,
  everyMs = 250,
  what = 'what is waited for',
): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!(await asks())) {
    if (performance.now() > deadlineMs) throw new Error(`${what} did not come within ${withinMs} ms`);
    await wait(everyMs);
  }
}
