import type { Type } from '@nestjs/common';
import { MAX_MESSAGE } from '@vitals/core/check';
import { durationText, tryParseDuration } from '@vitals/core/time';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, ValidateIf } from 'class-validator';
import { Exact, isRecord, Line, Member, Nested, OptionalMember, Rule, Whole } from '../../http/members.js';
import * as s from '../../http/schema.js';
import { NAME_PATTERN } from '../../providers/provider.js';
import { isLabels, LABELS } from '../../providers/provider.schema.js';
import { CHECK_TYPES, type CheckType, MAX_WINDOWS, ONLY_ANSWERED, WINDOWS } from './check.schema.js';
import { DnsTargetDto } from './dns.dto.js';
import { HttpTargetDto } from './http.dto.js';
import { GrpcTargetDto, TcpTargetDto, TlsTargetDto } from './target.dto.js';
import { duration, durationFault, WindowDto } from './window.dto.js';

const REPORTS = s.enumeration('CheckReport', ['pass', 'warn', 'fail']);

const DAY_MS = 86_400_000;
/** The shortest interval, and the longest of a check that looks; a TTL may be silent for longer. */
const INTERVAL_MS = { least: 1_000, most: DAY_MS, mostOfTtl: 24 * DAY_MS };
/** A run that takes longer holds a connection for nothing. */
const MAX_TIMEOUT_MS = 60_000;
const MAX_IN_A_ROW = 100;
const MAX_LABELS = 64;

/** What holds for a check that is defined and says nothing of it: somebody is woken after the third failure. */
export const DEFAULTS = {
  intervalMs: 10_000,
  /** Or the interval, if that is shorter. */
  timeoutMs: 2_000,
  successBeforePassing: 1,
  failuresBeforeWarning: 1,
  failuresBeforeCritical: 3,
} as const;

/** What an id that somebody chooses has to be like: no id of a registered service can be that. */
export const ID_RULE =
  'must be 1 to 253 characters of a-z, 0-9, ".", "_" and "-", and begin and end with a letter or digit';

/** A check as it is defined, through the API or in the file of declarations. An answer can be sent back as it is. */
@Exact(...ONLY_ANSWERED)
export class CheckDto {
  @OptionalMember(
    s.text(`Left out: a new one. ${ID_RULE}.`, { pattern: NAME_PATTERN.source, examples: ['shop'] }),
    Rule((value) => (typeof value === 'string' && NAME_PATTERN.test(value) ? undefined : ID_RULE)),
  )
  id?: string;

  @OptionalMember(s.text('For people.', { minLength: 1, maxLength: 253 }), Line(1, 253))
  name?: string;

  @Member('What it probes, in the member of the same name; a ttl waits for reports.', IsIn(CHECK_TYPES))
  type!: CheckType;

  @OnlyFor('http', () => HttpTargetDto)
  http?: HttpTargetDto;

  @OnlyFor('tcp', () => TcpTargetDto)
  tcp?: TcpTargetDto;

  @OnlyFor('grpc', () => GrpcTargetDto)
  grpc?: GrpcTargetDto;

  @OnlyFor('tls', () => TlsTargetDto)
  tls?: TlsTargetDto;

  @OnlyFor('dns', () => DnsTargetDto)
  dns?: DnsTargetDto;

  @OptionalMember(
    {
      ...duration(
        'From one start to the next, 1s to 24h; of a ttl the longest time between reports, up to 24d.',
        '10s',
      ),
      default: durationText(DEFAULTS.intervalMs),
    },
    Rule((value, { type }: CheckDto) =>
      durationFault(value, INTERVAL_MS.least, INTERVAL_MS[type === 'ttl' ? 'mostOfTtl' : 'most']),
    ),
  )
  interval?: string;

  @OptionalMember(
    duration('Of one run, 1ms to 60s, not above the interval; 2s if left out, or the interval.', '2s'),
    Rule(timeoutFault),
  )
  timeout?: string;

  @InARow('Successes in a row.', DEFAULTS.successBeforePassing)
  success_before_passing?: number;

  @InARow(
    'Failures in a row; not above failures_before_critical.',
    DEFAULTS.failuresBeforeWarning,
    Rule((value, { failures_before_critical: most = DEFAULTS.failuresBeforeCritical }: CheckDto) =>
      Number(value) > most ? `must not be above failures_before_critical, which is ${most}` : undefined,
    ),
  )
  failures_before_warning?: number;

  @InARow('Failures in a row.', DEFAULTS.failuresBeforeCritical)
  failures_before_critical?: number;

  @OptionalMember(
    s.text('The id of another check: while that is Critical, nobody is notified of this one.', {
      maxLength: 1_024,
    }),
    Line(1, 1_024),
  )
  parent?: string;

  @OptionalMember(
    WINDOWS,
    IsArray(),
    ArrayMaxSize(MAX_WINDOWS),
    Rule((value) =>
      Array.isArray(value) && value.every(isRecord) ? undefined : 'must be a list of windows',
    ),
    Nested(() => WindowDto, { each: true }),
  )
  maintenance?: WindowDto[];

  @OptionalMember(
    { ...LABELS, maxProperties: MAX_LABELS, description: 'For filters.' },
    Transform(({ obj }: { obj: { labels?: unknown } }) => obj.labels),
    Rule(labelsFault),
  )
  labels?: Record<string, string>;

  @OptionalMember('It is not run. If left out, a check that is defined again stays as it was.', IsBoolean())
  paused?: boolean;
}

/** A message for a TTL. */
export class ReportDto {
  @Member('pass: Passing once enough have come. warn: Warning. fail: a failure.', IsIn(REPORTS))
  status!: (typeof REPORTS)[number];

  @OptionalMember(
    s.text('In words, for the person who is notified.', { maxLength: MAX_MESSAGE }),
    Line(0, MAX_MESSAGE),
  )
  message?: string;
}

function InARow(description: string, preset: number, ...rules: PropertyDecorator[]): PropertyDecorator {
  return OptionalMember({ default: preset, description }, Whole(1, MAX_IN_A_ROW), ...rules);
}

/** A member that one type needs, and no other may have. */
function OnlyFor(type: Exclude<CheckType, 'ttl'>, target: () => Type): PropertyDecorator {
  const isToBeThere = (check: CheckDto): boolean => check.type === type || check[type] !== undefined;
  const faultOf = (value: unknown, check: CheckDto): string | undefined => {
    if (check.type !== type) return `must be left out: the type is ${JSON.stringify(check.type)}`;
    return isRecord(value) ? undefined : `must be an object, for the type is "${type}"`;
  };
  return Member({}, ValidateIf(isToBeThere), Nested(target), Rule(faultOf));
}

function timeoutFault(value: unknown, { type, interval }: CheckDto): string | undefined {
  if (type === 'ttl')
    return 'must be left out: a TTL is not run, its interval is the longest time between reports';
  const intervalMs = interval === undefined ? DEFAULTS.intervalMs : tryParseDuration(interval);
  const fault = durationFault(value, 1, MAX_TIMEOUT_MS);
  if (fault !== undefined || intervalMs === undefined || Number(tryParseDuration(value)) <= intervalMs)
    return fault;
  return `must not be above the interval, which is ${interval ?? '10s'}: a run has to end before the next`;
}

function labelsFault(value: unknown): string | undefined {
  if (isLabels(value) && Object.keys(value).length <= MAX_LABELS) return undefined;
  return `must be an object of at most ${MAX_LABELS} texts, each key and value at most 253 characters`;
}
