import type { Clock } from '../../time/clock.js';

/**
 * Waits for all of several values, but no longer than a time: what is not there by then is what `late` says of it.
 * Nobody's work is cut short by that. What is pending must not reject.
 * @returns the values in their order, at once if none of them is pending
 */
export function inTime<T extends object>(
  clock: Clock,
  pending: readonly (T | Promise<T>)[],
  withinMs: number,
  late: (at: number) => T,
): T[] | Promise<T[]> {
  const values = pending.map((value) => (value instanceof Promise ? undefined : value));
  const missing = values.filter((value) => value === undefined).length;
  if (missing === 0) return values as T[];
  if (withinMs === Number.POSITIVE_INFINITY)
    return Promise.all(pending.map((value) => Promise.resolve(value)));
  return new Promise((resolve) => {
    let open = missing;
    const cancel = clock.after(withinMs, () => resolve(values.map((value, at) => value ?? late(at))));
    for (const [at, value] of pending.entries()) {
      if (!(value instanceof Promise)) continue;
      void value.then((there) => {
        values[at] = there;
        open--;
        if (open > 0) return;
        cancel();
        resolve(values as T[]);
      });
    }
  });
}
