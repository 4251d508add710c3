import type { ProbeOutcome } from '@vitals/core/check';
import { changeKind } from '../database/change.js';
import { below, oneOf } from '../database/database.js';
import { type BucketWidth, BUCKET_WIDTHS, CHECKS, type KeyedBucket, UPTIME } from './check.rows.js';

/** Widths of the buckets in milliseconds; days are those of UTC. */
export const WIDTH_MS: Readonly<Record<BucketWidth, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

const COUNTS = ['up', 'warning', 'down', 'durationMs'] as const;

/** Runs were counted; of checks that are gone nothing is kept. */
export const uptimeCounted = changeKind<readonly KeyedBucket[]>('uptime-counted', {
  async write(transaction, buckets) {
    const where = { key: oneOf([...new Set(buckets.map(({ key }) => key))]) };
    const there = new Set(
      (await transaction.select(CHECKS, { members: ['key'], where })).map(({ key }) => key),
    );
    const kept = buckets.filter(({ key }) => there.has(key));
    await transaction.accumulate(UPTIME, addedUp(kept), COUNTS);
  },
});

/** Buckets that start before these epoch times are kept no longer. */
export const uptimeForgotten = changeKind<Readonly<Record<BucketWidth, number>>>('uptime-forgotten', {
  async write(transaction, untilMs) {
    for (const width of BUCKET_WIDTHS)
      await transaction.remove(UPTIME, { width, startMs: below(untilMs[width]) });
  },
});

/** The counts of one check in the minute that goes on. */
export class UptimeMinute {
  private startMs = 0;
  private up = 0;
  private warning = 0;
  private down = 0;
  private durationMs = 0;

  /**
   * Counts a result; what says nothing about the target (denied, unjudged) is not counted.
   * @param atMs epoch milliseconds
   * @returns the buckets of the minute before, if this result is the first of another
   */
  count(key: number, outcome: ProbeOutcome, durationMs: number, atMs: number): readonly KeyedBucket[] {
    const startMs = Math.floor(atMs / WIDTH_MS.minute) * WIDTH_MS.minute;
    const done = startMs === this.startMs ? [] : this.drain(key);
    this.startMs = startMs;
    if (outcome === 'success') this.up++;
    else if (outcome === 'warning') this.warning++;
    else if (outcome === 'failure') this.down++;
    if (outcome === 'success' || outcome === 'warning') this.durationMs += durationMs;
    return done;
  }

  /** Empties the minute: what it adds to the bucket of every width. */
  drain(key: number): readonly KeyedBucket[] {
    const { startMs: atMs, up, warning, down, durationMs } = this;
    this.up = this.warning = this.down = this.durationMs = 0;
    if (up + warning + down === 0) return [];
    return BUCKET_WIDTHS.map((width) => {
      const startMs = Math.floor(atMs / WIDTH_MS[width]) * WIDTH_MS[width];
      return { key, width, startMs, up, warning, down, durationMs };
    });
  }
}

/** Each bucket once. */
function addedUp(buckets: readonly KeyedBucket[]): KeyedBucket[] {
  const sums = new Map<string, KeyedBucket>();
  for (const bucket of buckets) {
    const id = `${bucket.key} ${bucket.width} ${bucket.startMs}`;
    const sum = { ...bucket };
    for (const count of COUNTS) sum[count] += sums.get(id)?.[count] ?? 0;
    sums.set(id, sum);
  }
  return [...sums.values()];
}
