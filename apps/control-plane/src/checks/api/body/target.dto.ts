import { HTTP_METHODS, type HttpMethod } from '@vitals/core/probe';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, Max, Min, ValidateNested } from 'class-validator';
import { IfGiven } from '../../../http/validation.js';
import { parseHost } from '../../../outbound/guard/host.js';
import { durationFault } from './duration.rule.js';
import { bodyFault, codesFault, headersFault, pointerFault, urlFault } from './http.rules.js';
import { isRecord, Rule, textFault } from './rule.js';

const DAY_MS = 86_400_000;
/** The longest that a certificate may be told of before it expires, in milliseconds. */
const LONGEST_WARNING_MS = 365 * DAY_MS;
/** The longest text that a body is searched for, in characters. */
const LONGEST_SOUGHT = 1_024;

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
    const isText = typeof value === 'string' && value.length <= LONGEST_SOUGHT;
    if (isText || value === null || typeof value === 'boolean' || Number.isFinite(value)) return undefined;
    return `must be text of at most ${LONGEST_SOUGHT} characters, a number, true, false or null`;
  })
  value!: string | number | boolean | null;
}

/** An HTTP request, and the answers to it that are healthy. */
export class HttpTargetDto {
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
  @IsBoolean()
  tls_skip_verify?: boolean;
}

/** A port of a host. */
export class TcpTargetDto {
  @Rule((value) => {
    const isHost = typeof value === 'string' && value.length <= 255 && parseHost(value) !== undefined;
    return isHost ? undefined : 'must be the name of a host or an IP address, without a port';
  })
  host!: string;

  @IsInt()
  @Min(1)
  @Max(65_535)
  port!: number;
}

/** A gRPC server that answers the standard health check. */
export class GrpcTargetDto extends TcpTargetDto {
  @IfGiven()
  @Rule((value) => textFault(value, 0, 253))
  service?: string;

  @IfGiven()
  @IsBoolean()
  tls?: boolean;

  @IfGiven()
  @IsBoolean()
  @Rule((value, { tls }: GrpcTargetDto) =>
    value === true && tls !== true ? 'needs tls: without it there is no certificate' : undefined,
  )
  tls_skip_verify?: boolean;
}

/** A TLS server, and how long before its certificate expires it is to be told. */
export class TlsTargetDto extends TcpTargetDto {
  @IfGiven()
  @Rule((value) => {
    const isHost = typeof value === 'string' && value.length <= 255 && parseHost(value) !== undefined;
    return isHost ? undefined : 'must be the name that the certificate is for';
  })
  server_name?: string;

  @IfGiven()
  @Rule((value) => durationFault(value, 0, LONGEST_WARNING_MS))
  warn_before?: string;
}

function soughtFault(value: unknown): string | undefined {
  const isSought = typeof value === 'string' && value.length >= 1 && value.length <= LONGEST_SOUGHT;
  return isSought ? undefined : `must be text of 1 to ${LONGEST_SOUGHT} characters`;
}
