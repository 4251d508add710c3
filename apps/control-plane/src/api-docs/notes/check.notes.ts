import type { Type } from '@nestjs/common';
import { CheckDto, DEFAULTS, ID_RULE } from '../../checks/api/body/check.dto.js';
import { durationText } from '../../checks/api/body/duration.rule.js';
import { LONGEST_URL } from '../../checks/api/body/http.rules.js';
import { ReportDto } from '../../checks/api/body/report.dto.js';
import {
  BodyJsonDto,
  GrpcTargetDto,
  HttpTargetDto,
  TcpTargetDto,
  TlsTargetDto,
} from '../../checks/api/body/target.dto.js';
import { WindowDto } from '../../checks/api/body/window.dto.js';
import { CheckTransitionsQuery, ListChecksQuery, UptimeQuery } from '../../checks/api/check.query.js';
import { LightChecksQuery, PassDto } from '../../checks/light/light-check.dto.js';
import { NAME_PATTERN } from '../../providers/provider.js';
import { classSchema, type MemberNotes } from '../schema/class.schema.js';
import { listOf, type Schema, text, time } from '../schema/schema.js';
import { LABELS } from '../schema/values.js';

const says = (description: string): Schema => ({ description });
const duration = (description: string, example: string): Schema =>
  text(description, { pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$', examples: [example] });

const HOST: Schema = text('A name, or an IP address.', { maxLength: 255 });
const PORT: Schema = { type: 'integer', minimum: 1, maximum: 65_535 };
const LONGEST = { maxLength: 1_024 };

const BODY_JSON: MemberNotes<BodyJsonDto> = {
  pointer: text('JSON Pointer (RFC 6901).', { maxLength: 256, examples: ['/status'] }),
  value: { type: ['string', 'number', 'boolean', 'null'], description: 'What the member has to be.' },
};

const HTTP: MemberNotes<HttpTargetDto> = {
  url: text('http: or https:, without credentials.', { format: 'uri', maxLength: LONGEST_URL }),
  method: { default: 'GET' },
  headers: {
    type: 'object',
    additionalProperties: { type: 'string' },
    maxProperties: 32,
    default: {},
    description:
      'Secrets belong here: answers show references (`env:VITALS_CHECK_SECRET_…`), of others `<redacted>`. Sent back in a PUT, that keeps a value while scheme, host, port remain.',
  },
  body: text('At most 4096 bytes; not with GET or HEAD.', { maxLength: 4_096 }),
  expected_codes: {
    ...listOf({ type: ['integer', 'string'] }, 'Healthy codes, and ranges of them.'),
    minItems: 1,
    maxItems: 32,
    default: ['200-299'],
  },
  body_contains: text('Healthy only with this in the first 4 KiB of the body.', { ...LONGEST, minLength: 1 }),
  body_lacks: text('Healthy only without it.', { ...LONGEST, minLength: 1 }),
  body_json: {
    ...classSchema(BodyJsonDto, BODY_JSON),
    description: 'Healthy only if this member of a JSON body has this value.',
  },
  tls_skip_verify: { default: false, description: 'Takes any certificate.' },
};

const TCP: MemberNotes<TcpTargetDto> = { host: HOST, port: PORT };

const GRPC: MemberNotes<GrpcTargetDto> = {
  ...TCP,
  service: text('Empty for the whole server.', { maxLength: 253, default: '' }),
  tls: { default: false },
  tls_skip_verify: { type: 'boolean', default: false, description: 'Takes any certificate; needs tls.' },
};

const TLS: MemberNotes<TlsTargetDto> = {
  ...TCP,
  server_name: text('What the certificate is for; the host if left out.', { maxLength: 255 }),
  warn_before: { ...duration('Warning when it expires within so long.', '14d'), default: '14d' },
};

const WINDOW: MemberNotes<WindowDto> = {
  start: time('With end: a window that is once.'),
  end: time('When it ends.'),
  cron: text('With duration: five fields (minute, hour, day, month, weekday).', { examples: ['30 2 * * 6'] }),
  duration: duration('How long each lasts, 1s to 24d.', '2h'),
  time_zone: text('An IANA name.', { default: 'UTC', examples: ['Europe/Berlin'] }),
};

/** The parts of a check, as they are sent and told. */
export const PARTS = {
  http: { ...classSchema(HttpTargetDto, HTTP), description: 'For the type http.' },
  tcp: {
    ...classSchema(TcpTargetDto, TCP),
    description: 'For the type tcp: a port that accepts a connection.',
  },
  grpc: {
    ...classSchema(GrpcTargetDto, GRPC),
    description: 'For the type grpc: `grpc.health.v1.Health/Check` has to answer SERVING.',
  },
  tls: {
    ...classSchema(TlsTargetDto, TLS),
    description: 'For the type tls: a certificate that is valid, and stays so.',
  },
  maintenance: {
    type: 'array',
    items: {
      ...classSchema(WindowDto, WINDOW),
      description: 'Once, by start and end; or by cron and duration.',
    },
    maxItems: 100,
    description: 'While a window is open the check runs, but nobody is told and nothing is counted.',
  },
} as const satisfies Readonly<Record<string, Schema>>;

const CHECK: MemberNotes<CheckDto> = {
  ...PARTS,
  id: text(`Left out: a new one. ${ID_RULE}.`, { pattern: NAME_PATTERN.source, examples: ['shop'] }),
  name: text('For people.', { minLength: 1, maxLength: 253 }),
  type: says('What it looks at, in the member of the same name; a ttl waits for reports.'),
  interval: {
    ...duration('From one start to the next, 1s to 24h; of a ttl the longest silence, up to 24d.', '10s'),
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
  parent: text('The id of another check: while that is Critical, nobody is told of this one.', LONGEST),
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
      message: text('In words, for whoever is woken by it.', { maxLength: 256 }),
    },
  ],
  [
    ListChecksQuery,
    {
      max_page_size: says('The most that the page may have.'),
      page_token: says('The next_page_token of the page before.'),
      status: says('What it is shown as.'),
      type: says('What it looks at.'),
      label: says('`key=value`; may be given more than once, and all must hold.'),
      stale: says('`true` for those of which nothing was heard in time, `false` for the others.'),
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
      checkInterval: { type: ['integer', 'null'], description: 'Not read: what was registered counts.' },
    },
  ],
  [LightChecksQuery, { stale: says('`true`, or empty: only those of which nothing was heard in time.') }],
];
