import { failureReason } from '@vitals/core/health';
import type { Clock } from '@vitals/core/time';

/** What a function of the app gave, or why it gave nothing. */
export type Given<T> = { readonly value: T } | { readonly reason: string };

/** Who is told of what the asking brings. */
export interface AskingListener {
  /** Why there is nothing to report; `undefined` once there is something again. */
  fault(reason: string | undefined): void;
  /** There is something else to report than before. */
  news(): void;
}

/**
 * Asks a function of the app: never while its last call has not ended, and without waiting for it longer than
 * `timeoutMs`. What it throws is told as a reason.
 */
export class Question<T> {
  private open: Promise<Given<T>> | undefined;

  constructor(
    private readonly run: () => T | Promise<T>,
    private readonly timeoutMs: number,
    private readonly clock: Clock,
  ) {}

  /** Whoever asks while a call is open gets its result. Never rejects. */
  ask(): Promise<Given<T>> {
    this.open ??= this.call().finally(() => (this.open = undefined));
    const reason = `took longer than ${this.timeoutMs} ms`;
    return inTime(this.open, this.timeoutMs, this.clock, () => ({ reason }));
  }

  private async call(): Promise<Given<T>> {
    try {
      return { value: await this.run() };
    } catch (error) {
      return { reason: failureReason(error) };
    }
  }
}

/** What comes of `pending`, which does not reject; after `ms` milliseconds what `late` says, and nobody is stopped. */
export function inTime<T>(pending: Promise<T>, ms: number, clock: Clock, late: () => T): Promise<T> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve(late()));
    void pending.finally(cancel).then(resolve);
  });
}
