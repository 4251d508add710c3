import { refTo } from '../../http/members.js';
import {
  enumeration,
  flag,
  listOf,
  NEXT_PAGE,
  number,
  object,
  type Of,
  oneOf,
  orNull,
  ref,
  type Schema,
  text,
  time,
  whole,
} from '../../http/schema.js';
import { LABELS, NAME } from '../../providers/provider.schema.js';
import { DnsTargetDto } from './dns.dto.js';
import { HttpTargetDto } from './http.dto.js';
import { GrpcTargetDto, TcpTargetDto, TlsTargetDto } from './target.dto.js';
import { WindowDto } from './window.dto.js';

/** What a check can look at; a TTL waits to be told. */
export const CHECK_TYPES = enumeration('CheckType', ['http', 'tcp', 'grpc', 'tls', 'dns', 'ttl']);

/** One of the types. */
export type CheckType = (typeof CHECK_TYPES)[number];

/** What a check can be shown as. */
export const CHECK_STATUSES = enumeration('CheckStatus', [
  'Pending',
  'Passing',
  'Warning',
  'Critical',
  'Maintenance',
]);

/** The most windows of a check. */
export const MAX_WINDOWS = 100;

/** Windows, as they are sent and told. */
export const WINDOWS: Schema<readonly WindowDto[]> = {
  type: 'array',
  items: refTo(WindowDto),
  maxItems: MAX_WINDOWS,
  description: 'While a window is open the check runs, but nobody is notified and nothing is counted.',
};

/** What a check is shown as. */
export const CHECK_STATUS = oneOf(
  CHECK_STATUSES,
  'Pending: not probed yet. Maintenance: a window is open, and results are recorded only.',
);

/** Whether what is known of a check is too old. */
export const CHECK_STALE = flag('Its result or report is overdue, or it is paused.');

/** The node that goes when its check stays critical. */
const ServiceBody = object(
  'CheckedService',
  'The node of a service that a check is for.',
  {
    service_id: text('Whose node it is.'),
    protocol: text('In lower case.'),
    address: text('A name, or an IP address.'),
    port: whole('Where it listens.', 1, 65_535),
  },
  { tag: text('Its environment.'), name: text('For people.') },
);

/** How a check is, besides what is defined of it. */
const STATE = {
  source: oneOf(enumeration('CheckSource', ['service', 'api', 'file']), 'Who defined it.'),
  status: CHECK_STATUS,
  since: time('When its status was decided.'),
  stale: CHECK_STALE,
  last_run_at: orNull(time('When its last run began, or the last report came; null before the first.')),
  failing_since: orNull(time('The first failure of the streak that goes on; null while there is none.')),
  failures: whole('In a row.', 0),
  successes: whole('In a row.', 0),
  next_run_in_ms: orNull(
    whole('Until its next run, or until the report of a ttl is overdue; null if paused.', 0),
  ),
  execute_interval: text('How far apart its runs are now; longer while it stays Critical.'),
  message: orNull(text('What its last run found, or what was reported last.')),
  latency_ms: orNull(number('How long its last run took; null for a ttl.', 0)),
  suppressed_by: orNull(text('The check above it that is Critical, so that nobody is notified of this one.')),
  created_at: time('When it was defined first.'),
};

const OF_A_SERVICE = {
  service: { ...ref(ServiceBody), description: 'If it is the check of a service.' },
  deregister_after: text('Its service is removed after failing for longer; "0ms": never.'),
};

/** Members that only answers have; whoever sends an answer back need not take them out. */
export const ONLY_ANSWERED: readonly string[] = Object.keys({ ...STATE, ...OF_A_SERVICE });

/** A check as it is read. */
export const CheckBody = object(
  'CheckState',
  'A check: what is defined of it, which can be sent back as it is, and how it is.',
  {
    id: { ...text('By which it is found.'), examples: NAME['examples'] },
    type: oneOf(CHECK_TYPES, 'What it probes.'),
    interval: text('From one start to the next; of a ttl the longest time between reports.'),
    success_before_passing: whole('Successes in a row.', 1),
    failures_before_warning: whole('Failures in a row.', 1),
    failures_before_critical: whole('Failures in a row.', 1),
    maintenance: WINDOWS,
    labels: LABELS,
    paused: flag('It is not run.'),
    ...STATE,
  },
  {
    name: text('For people.'),
    timeout: text('Of one run; not for a ttl.'),
    parent: text('The check that it depends on.'),
    http: refTo(HttpTargetDto),
    tcp: refTo(TcpTargetDto),
    grpc: refTo(GrpcTargetDto),
    tls: refTo(TlsTargetDto),
    dns: refTo(DnsTargetDto),
    ...OF_A_SERVICE,
  },
);
export type CheckBody = Of<typeof CheckBody>;

/** A check as it is defined: what can be sent back to define it again. */
export type DefinedBody = Omit<CheckBody, keyof typeof STATE | keyof typeof OF_A_SERVICE>;

/** A page of checks. */
export const CheckListBody = object(
  'CheckList',
  'A page of checks, by id.',
  { checks: listOf(ref(CheckBody)) },
  NEXT_PAGE,
);
export type CheckListBody = Of<typeof CheckListBody>;
