import { VitalsError } from '../errors.js';
import type { Clock } from '../time/clock.js';

/** The bounds of a `GroupCommit`, in items. */
export interface GroupCommitLimits {
  /** Items of one write: small enough that other requests are not kept waiting. */
  readonly maxBatch: number;
  /** Items that may wait; beyond it `add` refuses instead of growing without bound. */
  readonly maxPending: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One writer for a durable store. Items that arrive together share one write, and so one flush to disk; one
 * write runs at a time, in the order of `add`. A promise of `add` resolves only when its item is durable.
 */
export class GroupCommit<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private writing: Promise<void> | undefined;

  /**
   * @param write makes all items durable, or none of them, and returns one result for each, in order. It
   *   throws a `VitalsError` `store-unavailable` if the store is away; any other error blames an item of the batch.
   */
  constructor(
    private readonly clock: Clock,
    private readonly write: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly limits: GroupCommitLimits = { maxBatch: 1_000, maxPending: 100_000 },
  ) {}

  /** Items that are not durable yet, those being written not counted. */
  get pending(): number {
    return this.waiting.length;
  }

  /**
   * Makes an item durable.
   * @throws VitalsError `overloaded` if too much is waiting, `store-unavailable` if the write failed; whatever
   *   `write` threw if this item was to blame. Nothing of a refused item is kept.
   */
  add(item: Item): Promise<Result> {
    if (this.waiting.length >= this.limits.maxPending) {
      return Promise.reject(
        new VitalsError(
          'overloaded',
          `${this.waiting.length} changes are waiting to be written; try again later`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.start();
    });
  }

  /** Resolves when everything added so far is durable or was refused. */
  async drain(): Promise<void> {
    while (this.writing) await this.writing;
  }

  private start(): void {
    this.writing ??= new Promise<void>((done) => {
      this.clock.soon(() => {
        void this.writeAll().finally(() => {
          this.writing = undefined;
          // what was added between the last look at `waiting` and here
          if (this.waiting.length > 0) this.start();
          done();
        });
      });
    });
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.writeBatch(this.waiting.splice(0, this.limits.maxBatch));
      if (this.waiting.length > 0) await new Promise<void>((resume) => this.clock.soon(resume));
    }
  }

  private async writeBatch(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      const storeIsAway = error instanceof VitalsError && error.code === 'store-unavailable';
      if (storeIsAway || batch.length === 1) batch.forEach(({ reject }) => reject(error));
      else for (const one of batch) await this.writeBatch([one]);
    }
  }
}
