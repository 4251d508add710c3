import { CHECK_STATUSES } from '@vitals/core/check';
import type { CheckListBody, RunBody } from '../../checks/api/checks.controller.js';
import { CHECK_TYPES } from '../../checks/api/body/check.dto.js';
import type {
  CheckTransitionsBody,
  UptimeSpanBody,
} from '../../checks/api/history/check-history.controller.js';
import type {
  CheckTransitionBody,
  ResultBody,
  UptimeBody,
  UptimeBucketBody,
} from '../../checks/api/history/check.history.view.js';
import type { CheckBody, ServiceBody } from '../../checks/api/view/check.view.js';
import { PARTS } from '../notes/check.notes.js';
import {
  component,
  flag,
  listOf,
  type Members,
  orNull,
  ref,
  type Schema,
  text,
  time,
  whole,
} from '../schema/schema.js';
import { CHECK_STALE as STALE, CHECK_STATUS as STATUS, LABELS, NAME } from '../schema/values.js';

const LEAST = { minimum: 0 };
const NUMBER = (description: string): Schema => ({ type: 'number', description, ...LEAST });

/** `ServiceBody`. */
export const CheckedService = component<ServiceBody>(
  'CheckedService',
  'The node of a service that a check is for.',
  {
    service_id: text('Whose node it is.'),
    protocol: text('In lower case.'),
    address: text('A name, or an IP address.'),
    port: whole('Where it listens.', { minimum: 1, maximum: 65_535 }),
  },
  { tag: text('Its environment.'), name: text('For people.') },
);

/** `CheckBody`. */
export const CheckState = component<CheckBody>(
  'CheckState',
  'A check: what is defined of it, which can be sent back as it is, and how it is.',
  {
    id: { ...text('By which it is found.'), examples: NAME['examples'] },
    type: text('What it probes.', { enum: CHECK_TYPES }),
    interval: text('From one start to the next; of a ttl the longest time between reports.'),
    success_before_passing: whole('Successes in a row.', { minimum: 1 }),
    failures_before_warning: whole('Failures in a row.', { minimum: 1 }),
    failures_before_critical: whole('Failures in a row.', { minimum: 1 }),
    maintenance: PARTS.maintenance,
    labels: LABELS,
    paused: flag('It is not run.'),
    source: text('Who defined it.', { enum: ['service', 'api', 'file'] }),
    status: STATUS,
    since: time('When its status was decided.'),
    stale: STALE,
    last_run_at: orNull(time('When its last run began, or the last report came; null before the first.')),
    failing_since: orNull(time('The first failure of the streak that goes on; null while there is none.')),
    failures: whole('In a row.', LEAST),
    successes: whole('In a row.', LEAST),
    next_run_in_ms: orNull(
      whole('Until its next run, or until the report of a ttl is overdue; null if paused.', LEAST),
    ),
    execute_interval: text('How far apart its runs are now; longer while it stays Critical.'),
    message: orNull(text('What its last run found, or what was reported last.')),
    latency_ms: orNull(NUMBER('How long its last run took; null for a ttl.')),
    suppressed_by: orNull(
      text('The check above it that is Critical, so that nobody is notified of this one.'),
    ),
    created_at: time('When it was defined first.'),
  },
  {
    name: text('For people.'),
    timeout: text('Of one run; not for a ttl.'),
    parent: text('The check that it depends on.'),
    http: PARTS.http,
    tcp: PARTS.tcp,
    grpc: PARTS.grpc,
    tls: PARTS.tls,
    dns: PARTS.dns,
    service: { ...ref(CheckedService), description: 'If it is the check of a service.' },
    deregister_after: text('Its service is removed after failing for longer; "0ms": never.'),
  },
);

/** `CheckListBody`. */
export const CheckList = component<CheckListBody>(
  'CheckList',
  'A page of checks, by id.',
  { checks: listOf(ref(CheckState)) },
  { next_page_token: text('Give it as page_token for the next page; left out on the last.') },
);

const RESULT: Members<ResultBody> = {
  at: time('When the run began, or the report came.'),
  outcome: text('denied and unjudged say nothing of the target.', {
    enum: ['success', 'warning', 'failure', 'denied', 'unjudged'],
  }),
  duration_ms: NUMBER('How long it took.'),
  message: text('In words.'),
};

/** `ResultBody`. */
export const CheckResult = component<ResultBody>('CheckResult', 'What one run found.', RESULT, {});

/** `RunBody`. */
export const CheckRun = component<RunBody>(
  'CheckRun',
  'What a run found that was asked for.',
  { ...RESULT, status: { ...STATUS, description: 'The state of the check after it.' } },
  {},
);

/** The answer of `GET /checks/{id}/results`. */
export const CheckResults = component<{ readonly results: readonly ResultBody[] }>(
  'CheckResults',
  'The last 20 results.',
  { results: listOf(ref(CheckResult), 'Newest first.') },
  {},
);

const STATES = [...CHECK_STATUSES, 'Removed'];

/** `CheckTransitionBody`. */
export const CheckTransition = component<CheckTransitionBody>(
  'CheckTransition',
  'A transition of the check that is asked about.',
  {
    sequence: whole('Its place in the log of everything.', { minimum: 1 }),
    from: text('What it was.', { enum: STATES }),
    to: text('What it is.', { enum: STATES }),
    cause: text('Why, in words.'),
    at: time('When it was decided.'),
  },
  { suppressed: text('Why nobody is notified of it.', { enum: ['maintenance', 'parent'] }) },
);

/** `CheckTransitionsBody`. */
export const CheckTransitions = component<CheckTransitionsBody>(
  'CheckTransitions',
  'Transitions of a check, newest first.',
  { transitions: listOf(ref(CheckTransition)) },
  { next_before: whole('Give it as before for older ones.', { minimum: 1 }) },
);

const UPTIME: Members<UptimeBody> = {
  up: whole('Successes.', LEAST),
  warning: whole('Reached, with a warning.', LEAST),
  down: whole('Failures.', LEAST),
  up_share: orNull({ ...NUMBER('Successes and warnings, of all; null if there were none.'), maximum: 1 }),
  mean_duration_ms: orNull(NUMBER('Of those that reached the target; null if none did.')),
};

/** `UptimeBucketBody`. */
export const UptimeBucket = component<UptimeBucketBody>(
  'UptimeBucket',
  'What was found within a span of time.',
  { start: time('When it begins.'), ...UPTIME },
  {},
);

/** `UptimeBody`. */
export const UptimeSummary = component<UptimeBody>('UptimeSummary', 'All buckets together.', UPTIME, {});

/** `UptimeSpanBody`. */
export const Uptime = component<UptimeSpanBody>(
  'Uptime',
  'How often a check was found up. What was found in maintenance is not counted.',
  {
    resolution: text('The width of a bucket.', { enum: ['minute', 'hour', 'day'] }),
    from: time('When the first bucket begins.'),
    to: time('Before which the last one begins.'),
    summary: ref(UptimeSummary),
    buckets: listOf(ref(UptimeBucket), 'Oldest first; those without a result are left out.'),
  },
  {},
);
