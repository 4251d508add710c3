import type { Type } from '@nestjs/common';
import { CheckDto, DEFAULTS, ID_RULE } from '../../checks/api/body/check.dto.js';
import { durationText } from '../../checks/api/body/duration.rule.js';
import { ReportDto } from '../../checks/api/body/report.dto.js';
import { WindowDto } from '../../checks/api/body/window.dto.js';
import { CheckTransitionsQuery, ListChecksQuery, UptimeQuery } from '../../checks/api/check.query.js';
import { LightChecksQuery, PassDto } from '../../checks/light/light-check.dto.js';
import { NAME_PATTERN } from '../../providers/provider.js';
import { classComponent, type MemberNotes } from '../schema/class.schema.js';
import { ref, type Schema, text, time } from '../schema/schema.js';
import { duration, LABELS } from '../schema/values.js';
import * as TARGETS from './target.notes.js';

const says = (description: string): Schema => ({ description });

const WINDOW: MemberNotes<WindowDto> = {
  start: time('With end: a window that is once.'),
  end: time('When it ends.'),
  cron: text('With duration: five fields (minute, hour, day, month, weekday).', { examples: ['30 2 * * 6'] }),
  duration: duration('How long each lasts, 1s to 24d.', '2h'),
  time_zone: text('An IANA name.', { default: 'UTC', examples: ['Europe/Berlin'] }),
};

/** The parts of a check that have schemas of their own. */
export const CHECK_COMPONENTS = {
  ...TARGETS,
  Window: classComponent(WindowDto, WINDOW, 'Once, by start and end; or by cron and duration.'),
};

/** The parts of a check, as they are sent and told. */
export const PARTS = {
  http: ref(TARGETS.HttpTarget),
  tcp: ref(TARGETS.TcpTarget),
  grpc: ref(TARGETS.GrpcTarget),
  tls: ref(TARGETS.TlsTarget),
  dns: ref(TARGETS.DnsTarget),
  maintenance: {
    type: 'array',
    items: ref(CHECK_COMPONENTS.Window),
    maxItems: 100,
    description: 'While a window is open the check runs, but nobody is notified and nothing is counted.',
  },
} as const satisfies Readonly<Record<string, Schema>>;

const CHECK: MemberNotes<CheckDto> = {
  ...PARTS,
  id: text(`Left out: a new one. ${ID_RULE}.`, { pattern: NAME_PATTERN.source, examples: ['shop'] }),
  name: text('For people.', { minLength: 1, maxLength: 253 }),
  type: says('What it probes, in the member of the same name; a ttl waits for reports.'),
  interval: {
    ...duration(
      'From one start to the next, 1s to 24h; of a ttl the longest time between reports, up to 24d.',
      '10s',
    ),
    default: durationText(DEFAULTS.intervalMs),
  },
  timeout: duration('Of one run, 1ms to 60s, not above the interval; 2s if left out, or the interval.', '2s'),
  success_before_passing: { default: DEFAULTS.successBeforePassing, description: 'Successes in a row.' },
  failures_before_warning: {
    type: 'integer',
    default: DEFAULTS.failuresBeforeWarning,
    description: 'Failures in a row; not above failures_before_critical.',
  },
  failures_before_critical: { default: DEFAULTS.failuresBeforeCritical, description: 'Failures in a row.' },
  parent: text('The id of another check: while that is Critical, nobody is notified of this one.', {
    maxLength: 1_024,
  }),
  labels: { ...LABELS, maxProperties: 64, description: 'For filters.' },
  paused: says('It is not run. If left out, a check that is defined again stays as it was.'),
};

/** What is said of the members of each class that checks a body or a query about checks. */
export const CHECK_NOTES: readonly (readonly [Type, MemberNotes<object>])[] = [
  [CheckDto, CHECK],
  [
    ReportDto,
    {
      status: says('pass: Passing once enough have come. warn: Warning. fail: a failure.'),
      message: text('In words, for the person who is notified.', { maxLength: 256 }),
    },
  ],
  [
    ListChecksQuery,
    {
      max_page_size: says('The most that the page may have.'),
      page_token: says('The next_page_token of the page before.'),
      status: says('Its displayed status.'),
      type: says('What it probes.'),
      label: says('`key=value`; may be given more than once, and all must hold.'),
      stale: says('`true` for those without a timely result or report, `false` for the others.'),
    },
  ],
  [
    CheckTransitionsQuery,
    { before: says('The next_before of an earlier answer.'), limit: says('The most transitions.') },
  ],
  [
    UptimeQuery,
    {
      resolution: says('The width of a bucket; kept for 6 hours, 14 days and 400 days.'),
      from: time('Left out: an hour, a day or 30 days before to. The bucket that it lies in is the first.'),
      to: time('Left out: now.'),
    },
  ],
  [
    PassDto,
    {
      id: says(
        '`serviceId:protocol:address:port`, with a tag `serviceId|tag:…`; the protocol may be left out.',
      ),
      pass: says('Whether it is well.'),
      checkInterval: says('Ignored: the registered one applies.'),
    },
  ],
  [LightChecksQuery, { stale: says('`true`, or empty: only those without a timely result or report.') }],
];
