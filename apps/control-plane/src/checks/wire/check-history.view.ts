import {
  BUCKET_WIDTHS,
  CHECK_STATUSES,
  type CheckResult,
  type UptimeBucket,
  type UptimeCounts,
} from '@vitals/core/check';
import type { RecordedTransition } from '@vitals/core/transition';
import { formatTimestamp } from '@vitals/core/time';
import * as s from '../../http/schema.js';
import { CHECK_STATUS } from './check.schema.js';

/** What one run found, or what was reported. */
export const ResultBody = s.object('CheckResult', 'What one run found.', {
  at: s.time('When the run began, or the report came.'),
  outcome: s.oneOf(
    s.enumeration('CheckOutcome', ['success', 'warning', 'failure', 'denied', 'unjudged']),
    'denied and unjudged say nothing of the target.',
  ),
  duration_ms: s.number('How long it took.', 0),
  message: s.text('In words.'),
});

/** What a run found, and what the check is now. */
export const RunBody = s.object('CheckRun', 'What a run found that was asked for.', {
  ...ResultBody.members,
  status: { ...CHECK_STATUS, description: 'The state of the check after it.' },
});
export type RunBody = s.Of<typeof RunBody>;

/** The results that are kept. */
export const ResultsBody = s.object('CheckResults', 'The last 20 results.', {
  results: s.listOf(s.ref(ResultBody), 'Newest first.'),
});
export type ResultsBody = s.Of<typeof ResultsBody>;

const STATES = s.enumeration('CheckTransitionState', [...CHECK_STATUSES, 'Removed']);

const TransitionBody = s.object(
  'CheckTransition',
  'A transition of the check that is asked about.',
  {
    sequence: s.whole('Its place in the log of everything.', 1),
    from: s.oneOf<string>(STATES, 'What it was.'),
    to: s.oneOf<string>(STATES, 'What it is.'),
    cause: s.text('Why, in words.'),
    at: s.time('When it was decided.'),
  },
  {
    suppressed: s.oneOf(
      s.enumeration('Suppression', ['maintenance', 'parent']),
      'Why nobody is notified of it.',
    ),
  },
);

/** Transitions of a check, newest first. */
export const CheckTransitionsBody = s.object(
  'CheckTransitions',
  'Transitions of a check, newest first.',
  { transitions: s.listOf(s.ref(TransitionBody)) },
  { next_before: s.whole('Give it as before for older ones.', 1) },
);
export type CheckTransitionsBody = s.Of<typeof CheckTransitionsBody>;

/** How often a check was found up, within a span of time. `null` where nothing was found. */
const UptimeBody = s.object('UptimeSummary', 'All buckets together.', {
  up: s.whole('Successes.', 0),
  warning: s.whole('Reached, with a warning.', 0),
  down: s.whole('Failures.', 0),
  up_share: s.orNull(s.number('Successes and warnings, of all; null if there were none.', 0, 1)),
  mean_duration_ms: s.orNull(s.number('Of those that reached the target; null if none did.', 0)),
});

const UptimeBucketBody = s.object('UptimeBucket', 'What was found within a span of time.', {
  start: s.time('When it begins.'),
  ...UptimeBody.members,
});

/** Uptime in buckets, oldest first, and of the whole span. */
export const UptimeSpanBody = s.object(
  'Uptime',
  'How often a check was found up. What was found in maintenance is not counted.',
  {
    resolution: s.oneOf(s.enumeration('BucketWidth', BUCKET_WIDTHS), 'The width of a bucket.'),
    from: s.time('When the first bucket begins.'),
    to: s.time('Before which the last one begins.'),
    summary: s.ref(UptimeBody),
    buckets: s.listOf(s.ref(UptimeBucketBody), 'Oldest first; those without a result are left out.'),
  },
);
export type UptimeSpanBody = s.Of<typeof UptimeSpanBody>;

/** A result as it is told. */
export function resultBody({ atMs, outcome, durationMs, message }: CheckResult): s.Of<typeof ResultBody> {
  return { at: formatTimestamp(atMs), outcome, duration_ms: durationMs, message };
}

/** A transition as it is told. */
export function transitionBody(transition: RecordedTransition): s.Of<typeof TransitionBody> {
  const { sequence, from, to, cause, atMs, suppressed } = transition;
  return { sequence, from, to, cause, at: formatTimestamp(atMs), ...(suppressed && { suppressed }) };
}

/** Counts as they are told. */
export function uptimeBody({ up, warning, down, durationMs }: UptimeCounts): s.Of<typeof UptimeBody> {
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
export function bucketBody(bucket: UptimeBucket): s.Of<typeof UptimeBucketBody> {
  return { start: formatTimestamp(bucket.startMs), ...uptimeBody(bucket) };
}
