import type { CancelTimer, Clock } from '@vitals/core/time';

/** What a function of the app gives; `undefined` if it throws, rejects, or takes too long. */
export async function withinTime<T>(
  run: () => T | Promise<T>,
  timeoutMs: number,
  clock: Clock,
): Promise<T | undefined> {
  let cancel: CancelTimer = () => undefined;
  const late = new Promise<undefined>(
    (resolve) => (cancel = clock.after(timeoutMs, () => resolve(undefined))),
  );
  try {
    return await Promise.race([run(), late]);
  } catch {
    return undefined;
  } finally {
    cancel();
  }
}
