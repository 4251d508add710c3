import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IfGiven } from '../../../http/validation.js';
import { NAME_PATTERN } from '../../../providers/provider.js';
import { durationFault, tryDuration } from './duration.rule.js';
import { isRecord, Rule, textFault } from './rule.js';
import { DnsTargetDto } from './dns.dto.js';
import { GrpcTargetDto, HttpTargetDto, TcpTargetDto, TlsTargetDto } from './target.dto.js';
import { WindowDto } from './window.dto.js';

/** What a check can look at; a TTL waits to be told. */
export const CHECK_TYPES = ['http', 'tcp', 'grpc', 'tls', 'dns', 'ttl'] as const;

/** One of the types. */
export type CheckType = (typeof CHECK_TYPES)[number];

const DAY_MS = 86_400_000;
/** The shortest interval, and the longest of a check that looks; a TTL may be silent for longer. */
const INTERVAL_MS = { least: 1_000, most: DAY_MS, mostOfTtl: 24 * DAY_MS };
/** A run that takes longer holds a connection for nothing. */
const MAX_TIMEOUT_MS = 60_000;
const MAX_IN_A_ROW = 100;
const MAX_WINDOWS = 100;
const MAX_LABELS = 64;

/** What holds for a check that is defined and says nothing of it: somebody is woken after the third failure. */
export const DEFAULTS = {
  intervalMs: 10_000,
  timeoutMs: 2_000,
  successBeforePassing: 1,
  failuresBeforeWarning: 1,
  failuresBeforeCritical: 3,
} as const;

/** A check as it is defined, through the API or in the file of declarations. */
export class CheckDto {
  @IfGiven()
  @Rule((value) => (typeof value === 'string' && NAME_PATTERN.test(value) ? undefined : ID_RULE))
  id?: string;

  @IfGiven()
  @Rule((value) => textFault(value, 1, 253))
  name?: string;

  @IsIn(CHECK_TYPES)
  type!: CheckType;

  @OnlyFor('http')
  @Type(() => HttpTargetDto)
  http?: HttpTargetDto;

  @OnlyFor('tcp')
  @Type(() => TcpTargetDto)
  tcp?: TcpTargetDto;

  @OnlyFor('grpc')
  @Type(() => GrpcTargetDto)
  grpc?: GrpcTargetDto;

  @OnlyFor('tls')
  @Type(() => TlsTargetDto)
  tls?: TlsTargetDto;

  @OnlyFor('dns')
  @Type(() => DnsTargetDto)
  dns?: DnsTargetDto;

  @IfGiven()
  @Rule((value, { type }: CheckDto) => durationFault(value, INTERVAL_MS.least, longestIntervalMs(type)))
  interval?: string;

  @IfGiven()
  @Rule(timeoutFault)
  timeout?: string;

  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(MAX_IN_A_ROW)
  success_before_passing?: number;

  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(MAX_IN_A_ROW)
  @Rule((value, { failures_before_critical: most = DEFAULTS.failuresBeforeCritical }: CheckDto) =>
    Number(value) > most ? `must not be above failures_before_critical, which is ${most}` : undefined,
  )
  failures_before_warning?: number;

  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(MAX_IN_A_ROW)
  failures_before_critical?: number;

  @IfGiven()
  @Rule((value) => textFault(value, 1, 1_024))
  parent?: string;

  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MAX_WINDOWS)
  @Rule((value) => (Array.isArray(value) && value.every(isRecord) ? undefined : 'must be a list of windows'))
  @ValidateNested({ each: true })
  @Type(() => WindowDto)
  maintenance?: WindowDto[];

  @IfGiven()
  @Transform(({ obj }: { obj: { labels?: unknown } }) => obj.labels)
  @Rule(labelsFault)
  labels?: Record<string, string>;

  @IfGiven()
  @IsBoolean()
  paused?: boolean;
}

/** What an id that somebody chooses has to be like: no id of a registered service can be that. */
export const ID_RULE =
  'must be 1 to 253 characters of a-z, 0-9, ".", "_" and "-", and begin and end with a letter or digit';

/** How long a run may take where nothing is said, in milliseconds: never longer than the interval. */
export function defaultTimeoutMs(intervalMs: number): number {
  return Math.min(DEFAULTS.timeoutMs, intervalMs);
}

/** A member that one type needs, and no other may have. */
function OnlyFor(type: Exclude<CheckType, 'ttl'>): PropertyDecorator {
  const isToBeThere = (check: CheckDto): boolean => check.type === type || check[type] !== undefined;
  const faultOf = (value: unknown, check: CheckDto): string | undefined => {
    if (check.type !== type) return `must be left out: the type is ${JSON.stringify(check.type)}`;
    return isRecord(value) ? undefined : `must be an object, for the type is "${type}"`;
  };
  return (target, property) => {
    for (const decorate of [ValidateIf(isToBeThere), ValidateNested(), Rule(faultOf)])
      decorate(target, property);
  };
}

function longestIntervalMs(type: CheckType): number {
  return type === 'ttl' ? INTERVAL_MS.mostOfTtl : INTERVAL_MS.most;
}

function timeoutFault(value: unknown, { type, interval }: CheckDto): string | undefined {
  if (type === 'ttl')
    return 'must be left out: a TTL is not run, its interval is the longest time between reports';
  const intervalMs = interval === undefined ? DEFAULTS.intervalMs : tryDuration(interval);
  const fault = durationFault(value, 1, MAX_TIMEOUT_MS);
  if (fault !== undefined || intervalMs === undefined || Number(tryDuration(value)) <= intervalMs)
    return fault;
  return `must not be above the interval, which is ${interval ?? '10s'}: a run has to end before the next`;
}

function labelsFault(value: unknown): string | undefined {
  const isLabels =
    isRecord(value) &&
    Object.keys(value).length <= MAX_LABELS &&
    Object.entries(value).every(
      ([key, text]) => key.length <= 253 && typeof text === 'string' && text.length <= 253,
    );
  return isLabels
    ? undefined
    : `must be an object of at most ${MAX_LABELS} texts, each key and value at most 253 characters`;
}
