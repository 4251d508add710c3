/** Lets go of what was opened. */
type Release = () => void;

/**
 * Runs an operation of callbacks under a signal. `start` opens it and returns how to let go of it; that is
 * called exactly once, when the operation settles or the signal fires, whichever comes first. After the signal
 * the promise rejects with the signal's reason, and the listener is gone in every case.
 */
export function abortable<T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => Release,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal.throwIfAborted();
    let release: Release | undefined;
    let ended = false;
    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      signal.removeEventListener('abort', abort);
      release?.();
      settle();
    };
    const abort = (): void => end(() => reject(signal.reason as Error));
    signal.addEventListener('abort', abort);
    try {
      release = start(
        (value) => end(() => resolve(value)),
        (error) => end(() => reject(error as Error)),
      );
    } catch (error) {
      end(() => reject(error as Error));
    }
    if (ended) release?.();
  });
}

/** The promise's value, or a rejection with the signal's reason as soon as it fires; the promise itself goes on. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return abortable(signal, (resolve, reject) => {
    promise.then(resolve, reject);
    return () => undefined;
  });
}
