import type { CancelTimer, Clock } from '@vitals/core/time';

/** By then an app has called what it calls after `listen()`, in milliseconds. */
const SETTLED_MS = 1_000;

/**
 * Warns a second from now unless something in this process handles SIGTERM by then: the hooks of Nest, or a handler of
 * the app, which is trusted to close it. Without one a signal ends the process at once, and no hook is called.
 * @param lost what does not happen then
 * @returns what calls the warning off
 */
export function warnWithoutShutdownHooks(
  clock: Clock,
  warn: (message: string) => void,
  lost: string,
): CancelTimer {
  return clock.after(SETTLED_MS, () => {
    if (process.listenerCount('SIGTERM') > 0) return;
    warn(
      `nothing handles SIGTERM, so that the process ends at once and ${lost}; call app.enableShutdownHooks() before app.listen()`,
    );
  });
}
