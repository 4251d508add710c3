import type { CancelTimer, Clock } from '../time/clock.js';

/** The pace of a `WriteBehind`. */
export interface WriteBehindPace {
  /** The longest that a change waits for its write while the store keeps up, in milliseconds. */
  readonly lingerMs: number;
  /** Items of one write: small enough that other requests are not kept waiting. */
  readonly slice: number;
}

/** What can be written late; neighbours by `key` lie next to each other in the store. */
export interface Keyed {
  readonly key: number;
}

/**
 * Writes what may be written late: many changes of one item within `lingerMs` become one write of its newest
 * state. Items are written in the order of their keys, so that a write touches few pages of the store. What
 * fails to be written is kept and tried again after `lingerMs`; it cannot outgrow the number of items.
 */
export class WriteBehind<Item extends Keyed> {
  private readonly dirty = new Set<Item>();
  private timer: CancelTimer | undefined;
  private writing: Promise<void> | undefined;

  /** @param write makes the newest state of these items durable; a rejection keeps them for the next try */
  constructor(
    private readonly clock: Clock,
    private readonly write: (items: readonly Item[]) => Promise<unknown>,
    private readonly pace: WriteBehindPace = { lingerMs: 500, slice: 250 },
    private readonly onError: (error: unknown) => void = () => undefined,
  ) {}

  /** Items that wait to be written. */
  get pending(): number {
    return this.dirty.size;
  }

  /** Notes that an item has changed. */
  mark(item: Item): void {
    this.dirty.add(item);
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
    const items = [...this.dirty].sort((one, other) => one.key - other.key);
    this.dirty.clear();
    for (let start = 0; start < items.length; start += this.pace.slice) {
      const slice = items.slice(start, start + this.pace.slice);
      try {
        await this.write(slice);
      } catch (error) {
        for (const item of items.slice(start)) this.dirty.add(item);
        this.onError(error);
        return;
      }
    }
  }
}
