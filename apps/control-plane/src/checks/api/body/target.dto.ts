import { canParseUrl, HTTP_METHODS, type HttpMethod } from '@vitals/core/check';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, Max, Min, ValidateNested } from 'class-validator';
import { IfGiven } from '../../../http/validation.js';
import { durationFault } from './duration.rule.js';
import { HostRule } from './host.rule.js';
import {
  authorityFault,
  bodyFault,
  codesFault,
  headersFault,
  maxBodyFault,
  pointerFault,
  urlFault,
} from './http.rules.js';
import { isRecord, Rule, textFault } from './rule.js';
import { TlsDto } from './tls.dto.js';

const DAY_MS = 86_400_000;
/** The longest that a certificate may be told of before it expires, in milliseconds. */
const MAX_WARNING_MS = 365 * DAY_MS;
/** The longest text that a body is searched for, in characters. */
const MAX_SOUGHT = 1_024;

const CONDITIONS = ['body_contains', 'body_lacks', 'body_json'] as const;

/** What is wrong with a condition on the body besides what it says: the body is not read, or judged twice. */
function conditionFault(own: (typeof CONDITIONS)[number], beside: HttpTargetDto): string | undefined {
  if (beside.method === 'HEAD') return 'cannot hold: HEAD is answered without a body';
  const other = CONDITIONS.find((name) => name !== own && beside[name] !== undefined);
  return other && `cannot stand beside ${other}; define a check for each`;
}

/** A member of a JSON document, and what it has to be. */
export class BodyJsonDto {
  @Rule(pointerFault)
  pointer!: string;

  @Rule((value) => {
    const isText = typeof value === 'string' && value.length <= MAX_SOUGHT;
    if (isText || value === null || typeof value === 'boolean' || Number.isFinite(value)) return undefined;
    return `must be text of at most ${MAX_SOUGHT} characters, a number, true, false or null`;
  })
  value!: string | number | boolean | null;
}

/** An HTTP request, and the answers to it that are healthy. */
export class HttpTargetDto extends TlsDto {
  static override lacksTls({ url }: HttpTargetDto): string | undefined {
    const isPlain = canParseUrl(url) && new URL(url).protocol === 'http:';
    return isPlain ? 'needs a URL that begins with https://: without TLS it means nothing' : undefined;
  }

  @Rule(urlFault)
  url!: string;

  @IfGiven()
  @IsIn(HTTP_METHODS)
  method?: HttpMethod;

  @IfGiven()
  @Transform(({ obj }: { obj: { headers?: unknown } }) => obj.headers)
  @Rule(headersFault)
  headers?: Record<string, string>;

  @IfGiven()
  @Rule((value, { method }: HttpTargetDto) => bodyFault(value, method))
  body?: string;

  @IfGiven()
  @Rule(codesFault)
  expected_codes?: (string | number)[];

  @IfGiven()
  @Rule((value, beside: HttpTargetDto) => soughtFault(value) ?? conditionFault('body_contains', beside))
  body_contains?: string;

  @IfGiven()
  @Rule((value, beside: HttpTargetDto) => soughtFault(value) ?? conditionFault('body_lacks', beside))
  body_lacks?: string;

  @IfGiven()
  @Rule((value, beside: HttpTargetDto) =>
    isRecord(value) ? conditionFault('body_json', beside) : 'must be an object with pointer and value',
  )
  @ValidateNested()
  @Type(() => BodyJsonDto)
  body_json?: BodyJsonDto;

  @IfGiven()
  @Rule(maxBodyFault)
  max_body?: number | string;

  @IfGiven()
  @IsBoolean()
  tls_skip_verify?: boolean;
}

const OF_HOST = 'must be the name of a host or an IP address, without a port';

/** A port of a host. */
export class TcpTargetDto {
  @HostRule(OF_HOST)
  host!: string;

  @IsInt()
  @Min(1)
  @Max(65_535)
  port!: number;
}

/** A port of a host where TLS may be spoken. */
class SecurePlaceDto extends TlsDto {
  @HostRule(OF_HOST)
  host!: string;

  @IsInt()
  @Min(1)
  @Max(65_535)
  port!: number;
}

/** A gRPC server that answers the standard health check. */
export class GrpcTargetDto extends SecurePlaceDto {
  static override lacksTls({ tls }: GrpcTargetDto): string | undefined {
    return tls === true ? undefined : 'needs tls: without it there is no certificate';
  }

  @IfGiven()
  @Rule((value) => textFault(value, 0, 253))
  service?: string;

  @IfGiven()
  @Rule(authorityFault)
  authority?: string;

  @IfGiven()
  @IsBoolean()
  tls?: boolean;

  @IfGiven()
  @IsBoolean()
  @Rule((value, beside: GrpcTargetDto) => (value === true ? GrpcTargetDto.lacksTls(beside) : undefined))
  tls_skip_verify?: boolean;
}

/** A TLS server, and how long before its certificate expires it is to be told. */
export class TlsTargetDto extends SecurePlaceDto {
  @IfGiven()
  @Rule((value) => durationFault(value, 0, MAX_WARNING_MS))
  warn_before?: string;
}

function soughtFault(value: unknown): string | undefined {
  const isSought = typeof value === 'string' && value.length >= 1 && value.length <= MAX_SOUGHT;
  return isSought ? undefined : `must be text of 1 to ${MAX_SOUGHT} characters`;
}
