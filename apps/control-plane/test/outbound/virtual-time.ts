import type { ManualClock } from '@vitals/core/time';

/** Lets time pass, with the input of sockets handled between, until a promise is settled. */
export async function passTimeUntil<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  let settled = false;
  const settle = (): void => void (settled = true);
  promise.then(settle, settle);
  while (!settled) {
    await clock.advance(10);
    await turn();
  }
  return promise;
}

/** Resolves once a condition holds, which input makes come true; no time passes. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

function turn(): Promise<void> {
  return new Promise((resume) => setImmediate(resume));
}
