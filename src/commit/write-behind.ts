import type { CancelTimer, Clock } from '../time/clock.js';

/** The pace of a `WriteBehind`. */
export interface WriteBehindPace {
  /** The longest that a change waits for its write while the store keeps up, in milliseconds. */
  readonly lingerMs: number;
  /** Keys of one write: small enough that other requests are not kept waiting. */
  readonly slice: number;
}

/**
 * Writes what may be written late: many changes of one key within `lingerMs` become one write of its newest
 * state. What fails to be written is kept and tried again after `lingerMs`; it cannot outgrow the number of keys.
 */
export class WriteBehind<Key> {
  private dirty = new Set<Key>();
  private timer: CancelTimer | undefined;
  private writing: Promise<void> | undefined;

  /** @param write makes the newest state of these keys durable; a rejection keeps them for the next try */
  constructor(
    private readonly clock: Clock,
    private readonly write: (keys: readonly Key[]) => Promise<unknown>,
    private readonly pace: WriteBehindPace = { lingerMs: 500, slice: 500 },
    private readonly onError: (error: unknown) => void = () => undefined,
  ) {}

  /** Keys that wait to be written. */
  get pending(): number {
    return this.dirty.size;
  }

  /** Notes that a key has changed. */
  mark(key: Key): void {
    this.dirty.add(key);
    if (!this.timer && !this.writing)
      this.timer = this.clock.after(this.pace.lingerMs, () => void this.flush());
  }

  /** Writes everything that waits, in slices. Resolves also if the store is away: what is left stays pending. */
  flush(): Promise<void> {
    return this.writing ? this.writing.then(() => this.start()) : this.start();
  }

  private start(): Promise<void> {
    this.timer?.();
    this.timer = undefined;
    this.writing ??= this.writeSlices().finally(() => {
      this.writing = undefined;
      if (this.dirty.size > 0) this.timer ??= this.clock.after(this.pace.lingerMs, () => void this.flush());
    });
    return this.writing;
  }

  private async writeSlices(): Promise<void> {
    const keys = [...this.dirty];
    this.dirty.clear();
    for (let start = 0; start < keys.length; start += this.pace.slice) {
      const slice = keys.slice(start, start + this.pace.slice);
      try {
        await this.write(slice);
      } catch (error) {
        for (const key of keys.slice(start)) this.dirty.add(key);
        this.onError(error);
        return;
      }
    }
  }
}
