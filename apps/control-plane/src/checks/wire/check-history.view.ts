import type { RecordedTransition } from '@vitals/core/transition';
import { formatTimestamp } from '@vitals/core/time';
import {
  enumeration,
  listOf,
  number,
  object,
  type Of,
  oneOf,
  orNull,
  ref,
  text,
  time,
  whole,
} from '../../http/schema.js';
import { BUCKET_WIDTHS, type StoredResult, type UptimeBucket, type UptimeCounts } from '../check.rows.js';
import { CHECK_STATUS, CHECK_STATUSES } from './check.schema.js';

/** What one run found, or what was reported. */
export const ResultBody = object('CheckResult', 'What one run found.', {
  at: time('When the run began, or the report came.'),
  outcome: oneOf(
    enumeration('CheckOutcome', ['success', 'warning', 'failure', 'denied', 'unjudged']),
    'denied and unjudged say nothing of the target.',
  ),
  duration_ms: number('How long it took.', 0),
  message: text('In words.'),
});
export type ResultBody = Of<typeof ResultBody>;

/** What a run found, and what the check is now. */
export const RunBody = object('CheckRun', 'What a run found that was asked for.', {
  ...ResultBody.members,
  status: { ...CHECK_STATUS, description: 'The state of the check after it.' },
});
export type RunBody = Of<typeof RunBody>;

/** The results that are kept. */
export const ResultsBody = object('CheckResults', 'The last 20 results.', {
  results: listOf(ref(ResultBody), 'Newest first.'),
});
export type ResultsBody = Of<typeof ResultsBody>;

const STATES = enumeration('CheckTransitionState', [...CHECK_STATUSES, 'Removed']);

const TransitionBody = object(
  'CheckTransition',
  'A transition of the check that is asked about.',
  {
    sequence: whole('Its place in the log of everything.', 1),
    from: oneOf<string>(STATES, 'What it was.'),
    to: oneOf<string>(STATES, 'What it is.'),
    cause: text('Why, in words.'),
    at: time('When it was decided.'),
  },
  {
    suppressed: oneOf(enumeration('Suppression', ['maintenance', 'parent']), 'Why nobody is notified of it.'),
  },
);

/** Transitions of a check, newest first. */
export const CheckTransitionsBody = object(
  'CheckTransitions',
  'Transitions of a check, newest first.',
  { transitions: listOf(ref(TransitionBody)) },
  { next_before: whole('Give it as before for older ones.', 1) },
);
export type CheckTransitionsBody = Of<typeof CheckTransitionsBody>;

/** How often a check was found up, within a span of time. `null` where nothing was found. */
const UptimeBody = object('UptimeSummary', 'All buckets together.', {
  up: whole('Successes.', 0),
  warning: whole('Reached, with a warning.', 0),
  down: whole('Failures.', 0),
  up_share: orNull(number('Successes and warnings, of all; null if there were none.', 0, 1)),
  mean_duration_ms: orNull(number('Of those that reached the target; null if none did.', 0)),
});
type UptimeBody = Of<typeof UptimeBody>;

const UptimeBucketBody = object('UptimeBucket', 'What was found within a span of time.', {
  start: time('When it begins.'),
  ...UptimeBody.members,
});

/** Uptime in buckets, oldest first, and of the whole span. */
export const UptimeSpanBody = object(
  'Uptime',
  'How often a check was found up. What was found in maintenance is not counted.',
  {
    resolution: oneOf(enumeration('BucketWidth', BUCKET_WIDTHS), 'The width of a bucket.'),
    from: time('When the first bucket begins.'),
    to: time('Before which the last one begins.'),
    summary: ref(UptimeBody),
    buckets: listOf(ref(UptimeBucketBody), 'Oldest first; those without a result are left out.'),
  },
);
export type UptimeSpanBody = Of<typeof UptimeSpanBody>;

/** A result as it is told. */
export function resultBody({ atMs, outcome, durationMs, message }: StoredResult): ResultBody {
  return { at: formatTimestamp(atMs), outcome, duration_ms: durationMs, message };
}

/** A transition as it is told. */
export function transitionBody(transition: RecordedTransition): Of<typeof TransitionBody> {
  const { sequence, from, to, cause, atMs, suppressed } = transition;
  return { sequence, from, to, cause, at: formatTimestamp(atMs), ...(suppressed && { suppressed }) };
}

/** Counts as they are told. */
function uptimeBody({ up, warning, down, durationMs }: UptimeCounts): UptimeBody {
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
export function bucketBody(bucket: UptimeBucket): Of<typeof UptimeBucketBody> {
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
