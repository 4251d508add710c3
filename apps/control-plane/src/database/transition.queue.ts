import { type CancelTimer, Clock } from '@vitals/core/time';
import type { DelayLog } from './delay.log.js';

/** Transitions of one write: small enough that other requests are not kept waiting. */
const BATCH = 500;
/** How long to wait before transitions that could not be written are tried again, in milliseconds. */
const RETRY_MS = 1_000;

/** Whoever waits until what was decided before them is durable. */
interface Waiter {
  /** How many transitions must be written first. */
  left: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Decided transitions on their way to the database, in the order in which they were decided. None is ever given
 * up: what cannot be written now is written as soon as it can be, before any later one.
 */
export class TransitionQueue<T extends { readonly key: number }> {
  private readonly waiting: T[] = [];
  private readonly unsettled = new Map<number, number>();
  private waiters: Waiter[] = [];
  private writing = false;
  private retry: CancelTimer | undefined;

  /** @param write makes transitions durable; a rejection keeps them for the next try */
  constructor(
    private readonly clock: Clock,
    private readonly write: (transitions: readonly T[]) => Promise<unknown>,
    private readonly delay: DelayLog,
  ) {}

  /** Transitions that are decided, but not durable yet. */
  get pending(): number {
    return this.waiting.length;
  }

  /** Whether a transition of what has this key is decided, but not durable yet. */
  isUnsettled(key: number): boolean {
    return this.unsettled.has(key);
  }

  /** Takes transitions, and resolves as `settle` does. @throws whatever `write` threw; they are kept all the same */
  add(transitions: readonly T[]): Promise<void> {
    for (const transition of transitions) {
      this.waiting.push(transition);
      this.unsettled.set(transition.key, (this.unsettled.get(transition.key) ?? 0) + 1);
    }
    return this.settle();
  }

  /** Resolves when everything taken so far is durable. @throws whatever `write` threw */
  settle(): Promise<void> {
    if (this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.waiters.push({ left: this.waiting.length, resolve, reject });
      if (!this.writing) void this.writeAll();
    });
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    this.retry?.();
    this.retry = undefined;
    try {
      while (this.waiting.length > 0) {
        const batch = this.waiting.slice(0, BATCH);
        await this.write(batch);
        this.forget(batch);
        this.delay.succeeded();
      }
    } catch (error) {
      this.delay.failed(error);
      this.retry = this.clock.after(RETRY_MS, () => void this.writeAll());
      const failed = this.waiters;
      this.waiters = [];
      for (const { reject } of failed) reject(error);
    } finally {
      this.writing = false;
    }
  }

  private forget(written: readonly T[]): void {
    this.waiting.splice(0, written.length);
    for (const { key } of written) {
      const left = (this.unsettled.get(key) as number) - 1;
      if (left > 0) this.unsettled.set(key, left);
      else this.unsettled.delete(key);
    }
    for (const waiter of this.waiters) waiter.left -= written.length;
    const settled = this.waiters.findIndex(({ left }) => left > 0);
    const done = settled < 0 ? this.waiters.splice(0) : this.waiters.splice(0, settled);
    for (const { resolve } of done) resolve();
  }
}
