import type { ProbeOutcome } from '@vitals/core/check';
import { type BucketWidth, BUCKET_WIDTHS, type KeyedBucket } from '../../database/check.change.js';

/** Widths of the buckets in milliseconds; days are those of UTC. */
export const WIDTH_MS: Readonly<Record<BucketWidth, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

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
    const done = startMs === this.startMs ? [] : this.take(key);
    this.startMs = startMs;
    if (outcome === 'success') this.up++;
    else if (outcome === 'warning') this.warning++;
    else if (outcome === 'failure') this.down++;
    if (outcome === 'success' || outcome === 'warning') this.durationMs += durationMs;
    return done;
  }

  /** Empties the minute: what it adds to the bucket of every width. */
  take(key: number): readonly KeyedBucket[] {
    const { startMs: atMs, up, warning, down, durationMs } = this;
    this.up = this.warning = this.down = this.durationMs = 0;
    if (up + warning + down === 0) return [];
    return BUCKET_WIDTHS.map((width) => {
      const startMs = Math.floor(atMs / WIDTH_MS[width]) * WIDTH_MS[width];
      return { key, width, startMs, up, warning, down, durationMs };
    });
  }
}
