import { failureReason } from '@vitals/core/health';
import type { CancelTimer, Clock } from '@vitals/core/time';

/** What a function of the app gave, or why it gave nothing. */
export type Given<T> = { readonly value: T } | { readonly reason: string };

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
  async ask(): Promise<Given<T>> {
    this.open ??= this.call().finally(() => (this.open = undefined));
    let cancel: CancelTimer = () => undefined;
    const late = new Promise<Given<T>>((resolve) => {
      cancel = this.clock.after(this.timeoutMs, () =>
        resolve({ reason: `took longer than ${this.timeoutMs} ms` }),
      );
    });
    try {
      return await Promise.race([this.open, late]);
    } finally {
      cancel();
    }
  }

  private async call(): Promise<Given<T>> {
    try {
      return { value: await this.run() };
    } catch (error) {
      return { reason: failureReason(error) };
    }
  }
}
