import type { BodyCondition, CheckTarget, CodeRange, HttpTarget } from '@vitals/core/probe';
import { isReference } from '../../../settings/secret-settings.js';
import { durationText } from '../body/duration.rule.js';
import { REDACTED } from '../body/http.rules.js';
import type { GrpcTargetDto, HttpTargetDto, TcpTargetDto, TlsTargetDto } from '../body/target.dto.js';

/** What a check looks at, under the name of its type; a TTL looks at nothing. */
export interface TargetBody {
  readonly http?: HttpTargetDto;
  readonly tcp?: TcpTargetDto;
  readonly grpc?: GrpcTargetDto;
  readonly tls?: TlsTargetDto;
}

/** A target as it is sent, all of it said; but for what headers say, which may be a secret unless it is a reference. */
export function targetBody(target: CheckTarget): TargetBody {
  switch (target.kind) {
    case 'http':
      return { http: httpBody(target) };
    case 'tcp':
      return { tcp: { host: target.host, port: target.port } };
    case 'grpc': {
      const { host, port, service, tls, tlsSkipVerify } = target;
      return { grpc: { host, port, service, tls, tls_skip_verify: tlsSkipVerify } };
    }
    case 'tls': {
      const { host, port, serverName, warnBeforeMs } = target;
      const name = serverName === undefined ? {} : { server_name: serverName };
      return { tls: { host, port, ...name, warn_before: durationText(warnBeforeMs) } };
    }
    case 'ttl':
      return {};
    default:
      return target satisfies never;
  }
}

function httpBody({
  url,
  method,
  headers,
  body,
  expectedCodes,
  expectedBody,
  tlsSkipVerify,
}: HttpTarget): HttpTargetDto {
  return {
    url,
    method,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, isReference(value) ? value : REDACTED]),
    ),
    ...(body !== undefined && { body }),
    expected_codes: expectedCodes.map(codesBody),
    ...(expectedBody && conditionBody(expectedBody)),
    tls_skip_verify: tlsSkipVerify,
  };
}

function codesBody({ first, last }: CodeRange): string | number {
  return first === last ? first : `${first}-${last}`;
}

function conditionBody(
  condition: BodyCondition,
): Pick<HttpTargetDto, 'body_contains' | 'body_lacks' | 'body_json'> {
  switch (condition.kind) {
    case 'contains':
      return { body_contains: condition.text };
    case 'lacks':
      return { body_lacks: condition.text };
    case 'json':
      return { body_json: { pointer: condition.pointer, value: condition.value } };
    default:
      return condition satisfies never;
  }
}
