import type { ProbeOutcome } from './probe-result.js';

/** Widths of buckets of uptime in milliseconds; days are those of UTC. */
export const WIDTH_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
/** How wide a bucket of uptime is. */
export type BucketWidth = keyof typeof WIDTH_MS;
/** All widths, the narrow ones first. */
export const BUCKET_WIDTHS = ['minute', 'hour', 'day'] as const satisfies readonly BucketWidth[];

/** What adds up of two buckets. */
export const UPTIME_COUNTS = ['up', 'warning', 'down', 'durationMs'] as const;
/** How the runs of a check went; `durationMs` is the sum over those that reached the target. */
export type UptimeCounts = Record<(typeof UPTIME_COUNTS)[number], number>;
/** How those went that began within one bucket of time; it starts at epoch milliseconds. */
export type UptimeBucket = UptimeCounts & { startMs: number };
/** What is added to a bucket of the check of this key. */
export type KeyedBucket = UptimeBucket & { key: number; width: BucketWidth };

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

/** Each bucket of each check once. */
export function addedUp(buckets: readonly KeyedBucket[]): KeyedBucket[] {
  const sums = new Map<string, KeyedBucket>();
  for (const bucket of buckets) {
    const id = `${bucket.key} ${bucket.width} ${bucket.startMs}`;
    const sum = { ...bucket };
    for (const count of UPTIME_COUNTS) sum[count] += sums.get(id)?.[count] ?? 0;
    sums.set(id, sum);
  }
  return [...sums.values()];
}

/** How the runs of all buckets went together. */
export function sumOf(buckets: readonly UptimeCounts[]): UptimeCounts {
  const sum = { up: 0, warning: 0, down: 0, durationMs: 0 };
  for (const bucket of buckets) for (const count of UPTIME_COUNTS) sum[count] += bucket[count];
  return sum;
}
