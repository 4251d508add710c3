import { CHECK_STATUSES, type CheckStatus } from '@vitals/core/check';
import { IsIn } from 'class-validator';
import { PageQuery } from '../../http/list-page.js';
import { LabelPairs, Member, OptionalMember, refTo, YesNo } from '../../http/members.js';
import * as s from '../../http/schema.js';
import { LABELS, NAME } from '../../providers/provider.schema.js';
import { DnsTargetDto } from './dns.dto.js';
import { HttpTargetDto } from './http.dto.js';
import { GrpcTargetDto, TcpTargetDto, TlsTargetDto } from './target.dto.js';
import { WindowDto } from './window.dto.js';

/** What a check can look at; a TTL waits to be told. */
export const CHECK_TYPES = s.enumeration('CheckType', ['http', 'tcp', 'grpc', 'tls', 'dns', 'ttl']);

/** One of the types. */
export type CheckType = (typeof CHECK_TYPES)[number];

s.enumeration('CheckStatus', CHECK_STATUSES);

/** The most windows of a check. */
export const MAX_WINDOWS = 100;

/** Windows, as they are sent and told. */
export const WINDOWS: s.Schema<readonly WindowDto[]> = {
  type: 'array',
  items: refTo(WindowDto),
  maxItems: MAX_WINDOWS,
  description: 'While a window is open the check runs, but nobody is notified and nothing is counted.',
};

/** What a check is shown as. */
export const CHECK_STATUS = s.oneOf(
  CHECK_STATUSES,
  'Pending: not probed yet. Maintenance: a window is open, and results are recorded only.',
);

/** Whether what is known of a check is too old. */
export const CHECK_STALE = s.flag('Its result or report is overdue, or it is paused.');

const ServiceBody = s.object(
  'CheckedService',
  'The node of a service that a check is for.',
  {
    service_id: s.text('Whose node it is.'),
    protocol: s.text('In lower case.'),
    address: s.text('A name, or an IP address.'),
    port: s.whole('Where it listens.', 1, 65_535),
  },
  { tag: s.text('Its environment.'), name: s.text('For people.') },
);

/** How a check is, besides what is defined of it. */
const STATE = {
  source: s.oneOf(s.enumeration('CheckSource', ['service', 'api', 'file']), 'Who defined it.'),
  status: CHECK_STATUS,
  since: s.time('When its status was decided.'),
  stale: CHECK_STALE,
  last_run_at: s.orNull(s.time('When its last run began, or the last report came; null before the first.')),
  failing_since: s.orNull(s.time('The first failure of the streak that goes on; null while there is none.')),
  failures: s.whole('In a row.', 0),
  successes: s.whole('In a row.', 0),
  next_run_in_ms: s.orNull(
    s.whole('Until its next run, or until the report of a ttl is overdue; null if paused.', 0),
  ),
  execute_interval: s.text('How far apart its runs are now; longer while it stays Critical.'),
  message: s.orNull(s.text('What its last run found, or what was reported last.')),
  latency_ms: s.orNull(s.number('How long its last run took; null for a ttl.', 0)),
  suppressed_by: s.orNull(
    s.text('The check above it that is Critical, so that nobody is notified of this one.'),
  ),
  created_at: s.time('When it was defined first.'),
};

const OF_A_SERVICE = {
  service: { ...s.ref(ServiceBody), description: 'If it is the check of a service.' },
  deregister_after: s.text('Its service is removed after failing for longer; "0ms": never.'),
};

/** Members that only answers have; whoever sends an answer back need not take them out. */
export const ONLY_ANSWERED: readonly string[] = Object.keys({ ...STATE, ...OF_A_SERVICE });

/** A check as it is read. */
export const CheckBody = s.object(
  'CheckState',
  'A check: what is defined of it, which can be sent back as it is, and how it is.',
  {
    id: { ...s.text('By which it is found.'), examples: NAME['examples'] },
    type: s.oneOf(CHECK_TYPES, 'What it probes.'),
    interval: s.text('From one start to the next; of a ttl the longest time between reports.'),
    success_before_passing: s.whole('Successes in a row.', 1),
    failures_before_warning: s.whole('Failures in a row.', 1),
    failures_before_critical: s.whole('Failures in a row.', 1),
    maintenance: WINDOWS,
    labels: LABELS,
    paused: s.flag('It is not run.'),
    ...STATE,
  },
  {
    name: s.text('For people.'),
    timeout: s.text('Of one run; not for a ttl.'),
    parent: s.text('The check that it depends on.'),
    http: refTo(HttpTargetDto),
    tcp: refTo(TcpTargetDto),
    grpc: refTo(GrpcTargetDto),
    tls: refTo(TlsTargetDto),
    dns: refTo(DnsTargetDto),
    ...OF_A_SERVICE,
  },
);
export type CheckBody = s.Of<typeof CheckBody>;

/** A check as it is defined: what can be sent back to define it again. */
export type DefinedBody = Omit<CheckBody, keyof typeof STATE | keyof typeof OF_A_SERVICE>;

/** A page of checks. */
export const CheckListBody = s.object(
  'CheckList',
  'A page of checks, by id.',
  { checks: s.listOf(s.ref(CheckBody)) },
  s.NEXT_PAGE,
);
export type CheckListBody = s.Of<typeof CheckListBody>;

/** Which checks to list. */
export class ListChecksQuery extends PageQuery {
  @Member('The most that the page may have.')
  override max_page_size: number = 100;

  @OptionalMember('Its displayed status.', IsIn(CHECK_STATUSES))
  status?: CheckStatus;

  @OptionalMember('What it probes.', IsIn(CHECK_TYPES))
  type?: CheckType;

  @OptionalMember('`key=value`; may be given more than once, and all must hold.', LabelPairs())
  label?: string | string[];

  @OptionalMember('`true` for those without a timely result or report, `false` for the others.', YesNo())
  stale?: 'true' | 'false';
}
