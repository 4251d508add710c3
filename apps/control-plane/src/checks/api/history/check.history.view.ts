import type { RecordedTransition } from '@vitals/core/transition';
import { formatTimestamp } from '@vitals/core/time';
import type { StoredResult, UptimeBucket, UptimeCounts } from '../../check.rows.js';

/** What one look found, or what was reported. Field names are those of the wire. */
export interface ResultBody {
  readonly at: string;
  readonly outcome: StoredResult['outcome'];
  readonly duration_ms: number;
  readonly message: string;
}

/** A transition of the check that is asked about. */
export type CheckTransitionBody = Pick<
  RecordedTransition,
  'sequence' | 'from' | 'to' | 'cause' | 'suppressed'
> & {
  readonly at: string;
};

/** How often a check was found up, within a span of time. `null` where nothing was found. */
export interface UptimeBody {
  readonly up: number;
  readonly warning: number;
  readonly down: number;
  /** Found up or with a warning, of all. */
  readonly up_share: number | null;
  readonly mean_duration_ms: number | null;
}

/** The same of one bucket. */
export interface UptimeBucketBody extends UptimeBody {
  readonly start: string;
}

/** A result as it is told. */
export function resultBody({ atMs, outcome, durationMs, message }: StoredResult): ResultBody {
  return { at: formatTimestamp(atMs), outcome, duration_ms: durationMs, message };
}

/** A transition as it is told. */
export function transitionBody(transition: RecordedTransition): CheckTransitionBody {
  const { sequence, from, to, cause, atMs, suppressed } = transition;
  return { sequence, from, to, cause, at: formatTimestamp(atMs), ...(suppressed && { suppressed }) };
}

/** Counts as they are told. */
export function uptimeBody({ up, warning, down, durationMs }: UptimeCounts): UptimeBody {
  const reached = up + warning;
  const all = reached + down;
  return {
    up,
    warning,
    down,
    up_share: all === 0 ? null : reached / all,
    mean_duration_ms: reached === 0 ? null : Math.round((durationMs / reached) * 10) / 10,
  };
}

/** A bucket as it is told. */
export function bucketBody(bucket: UptimeBucket): UptimeBucketBody {
  return { start: formatTimestamp(bucket.startMs), ...uptimeBody(bucket) };
}

/** All buckets together. */
export function summaryBody(buckets: readonly UptimeCounts[]): UptimeBody {
  const sum = (member: keyof UptimeCounts): number =>
    buckets.reduce((total, bucket) => total + bucket[member], 0);
  return uptimeBody({
    up: sum('up'),
    warning: sum('warning'),
    down: sum('down'),
    durationMs: sum('durationMs'),
  });
}
