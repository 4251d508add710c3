import type { Clock } from '@vitals/core/time';

/** Sleep that can be cut short. One sleeper at a time. */
export class Alarm {
  private ring: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /** Resolves after `ms` milliseconds, when `wake` is called, or at once if `signal` has fired. */
  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.clock.after(Math.max(0, ms), resolve);
      this.ring = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Ends the sleep; nobody asleep, nothing happens. */
  wake(): void {
    this.ring?.();
  }
}
