/** Why the clock of a partition stands still. */
export interface Standstill {
  /** For how long it has, in milliseconds. */
  readonly forMs: number;
  /**
   * `catching-up`: the log was not read to its end yet. `no-instance`: nobody writes watermarks. `silent`: the watermarks
   * of an instance do not come. `lag`: they come, and each later than the one before.
   */
  readonly why: 'catching-up' | 'no-instance' | 'silent' | 'lag';
  /** The instance that it waits for, if it is one. */
  readonly instance?: string;
}

/** A live instance, as its watermarks show it. */
interface Writer {
  /** Up to here in the time of the partition it is proven that nothing which this instance took is held back. */
  limitMs: number;
  /** When it wrote its last watermark, by its own monotonic clock. */
  sentMs: number;
  /** When that was read here. */
  readAtMs: number;
}

/**
 * The time by which the leases of a partition are judged. It runs with the clock of the observing process, but only
 * while it is proven that no beat is held back between a live instance and this process:
 * 1. every live instance writes watermarks into the log of the partition, each behind the beats that it took before, and
 *    with the time of its own monotonic clock;
 * 2. a watermark lets the clock run for as long as its instance ran since the one before, and at most `slackMs` beyond
 *    the moment at which it was read: what an instance does not prove stops the clock within the slack;
 * 3. what was not counted is never made up for, so lag costs the time by which it grows and gives nothing back.
 *
 * Over any span of the log the clock counts no more than each live instance ran between its watermarks there, and the
 * slack. A watermark that comes later than any before it costs what it is later by, once, and no more than the slack is
 * kept in hand. Only differences of an instance's clock are used: clocks of instances may be hours apart.
 * Pure: times are passed in, all from one clock that never decreases, in milliseconds.
 */
export class PartitionClock {
  private readonly writers = new Map<string, Writer>();
  private countedMs = 0;
  private lastAtMs: number;
  private limitMs = 0;
  private isCaughtUp = false;
  private stoppedAtMs: number | undefined;
  private uncountedMs = 0;

  /**
   * @param slackMs how long the clock runs on without the next watermark: their interval and ordinary lateness
   * @param atMs now
   */
  constructor(
    private readonly slackMs: number,
    atMs: number,
  ) {
    this.lastAtMs = atMs;
    this.stoppedAtMs = atMs;
  }

  /** The instances that the clock waits for. */
  get instances(): Iterable<string> {
    return this.writers.keys();
  }

  /** The time of the partition at `atMs`; never decreases. O(1). */
  read(atMs: number): number {
    const aheadMs = this.countedMs + Math.max(0, atMs - this.lastAtMs);
    this.lastAtMs = Math.max(this.lastAtMs, atMs);
    const countedMs = Math.min(aheadMs, this.limitMs);
    if (aheadMs > countedMs) {
      this.stoppedAtMs ??= this.lastAtMs - (aheadMs - countedMs);
      this.uncountedMs += aheadMs - countedMs;
    }
    this.countedMs = countedMs;
    return countedMs;
  }

  /** How much time was not counted so far, in milliseconds. */
  get pausedMs(): number {
    return this.uncountedMs;
  }

  /** The log was read to the end that it had when reading began: time may count. */
  catchUp(atMs: number): void {
    this.read(atMs);
    this.isCaughtUp = true;
    this.limit();
  }

  /** Reading begins anew, and the log may have grown meanwhile: no time counts until it is caught up. */
  fallBehind(atMs: number): void {
    this.read(atMs);
    this.isCaughtUp = false;
    this.limit();
  }

  /** An instance takes beats from now on: no time counts until its watermarks come. Once it has joined, does nothing. */
  join(instance: string, atMs: number): void {
    if (this.writers.has(instance)) return;
    const limitMs = this.read(atMs);
    this.writers.set(instance, { limitMs, sentMs: Number.POSITIVE_INFINITY, readAtMs: atMs });
    this.limit();
  }

  /** An instance takes no more beats: nothing is waited for from it. Whether it was among the live ones. */
  leave(instance: string, atMs: number): boolean {
    this.read(atMs);
    const wasLive = this.writers.delete(instance);
    this.limit();
    return wasLive;
  }

  /**
   * A watermark was read from the log. One of an unknown instance makes it join.
   * @param sentMs when it was written, by the monotonic clock of its instance, its standstills included
   */
  watermark(instance: string, sentMs: number, atMs: number): void {
    this.join(instance, atMs);
    const writer = this.writers.get(instance) as Writer;
    const countedMs = this.read(atMs);
    writer.readAtMs = atMs;
    // the log may take a record that was given up after those that were sent later: it proves nothing
    const ranMs = Number.isFinite(writer.sentMs) ? Math.max(0, sentMs - writer.sentMs) : 0;
    writer.limitMs = Math.min(writer.limitMs + ranMs, countedMs + this.slackMs);
    writer.sentMs = Number.isFinite(writer.sentMs) ? Math.max(writer.sentMs, sentMs) : sentMs;
    this.limit();
  }

  /** For how long no watermark of a live instance was read, in milliseconds. */
  silenceMs(instance: string, atMs: number): number {
    const writer = this.writers.get(instance);
    return writer === undefined ? 0 : atMs - writer.readAtMs;
  }

  /** Since when and why it does not count; `undefined` while it runs. */
  standstill(atMs: number): Standstill | undefined {
    this.read(atMs);
    if (this.stoppedAtMs === undefined) return undefined;
    const forMs = this.lastAtMs - this.stoppedAtMs;
    if (!this.isCaughtUp) return { forMs, why: 'catching-up' };
    const last = this.last();
    if (last === undefined) return { forMs, why: 'no-instance' };
    const [instance, { readAtMs }] = last;
    return { forMs, why: atMs - readAtMs > this.slackMs ? 'silent' : 'lag', instance };
  }

  /** The instance that proves least. */
  private last(): readonly [string, Writer] | undefined {
    let last: readonly [string, Writer] | undefined;
    for (const entry of this.writers) if (!last || entry[1].limitMs < last[1].limitMs) last = entry;
    return last;
  }

  private limit(): void {
    const proven = this.isCaughtUp ? this.last()?.[1].limitMs : undefined;
    this.limitMs = proven ?? this.countedMs;
    if (this.limitMs > this.countedMs) this.stoppedAtMs = undefined;
    else this.stoppedAtMs ??= this.lastAtMs;
  }
}
