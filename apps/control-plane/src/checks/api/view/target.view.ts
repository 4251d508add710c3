import { DEFAULT_MAX_BODY_BYTES } from '@vitals/core/content';
import type { BodyCondition, CheckTarget, CodeRange, HttpTarget, TlsOptions } from '@vitals/core/check';
import { isReference } from '../../../settings/secret-settings.js';
import { dnsBody, type DnsTargetDto } from '../body/dns.dto.js';
import { durationText } from '../body/duration.rule.js';
import { REDACTED } from '../body/http.rules.js';
import type { GrpcTargetDto, HttpTargetDto, TcpTargetDto, TlsTargetDto } from '../body/target.dto.js';
import type { TlsDto } from '../body/tls.dto.js';

/** What a check looks at, under the name of its type; a TTL looks at nothing. */
export interface TargetBody {
  readonly http?: HttpTargetDto;
  readonly tcp?: TcpTargetDto;
  readonly grpc?: GrpcTargetDto;
  readonly tls?: TlsTargetDto;
  readonly dns?: DnsTargetDto;
}

/** A target as it is sent, all of it said; but for its secrets, of which references alone are shown. */
export function targetBody(target: CheckTarget): TargetBody {
  switch (target.kind) {
    case 'http':
      return { http: httpBody(target) };
    case 'tcp':
      return { tcp: { host: target.host, port: target.port } };
    case 'grpc': {
      const { host, port, service, authority, tls, tlsSkipVerify } = target;
      const called = authority === undefined ? {} : { authority };
      return {
        grpc: { host, port, service, ...called, tls, tls_skip_verify: tlsSkipVerify, ...secureBody(target) },
      };
    }
    case 'tls': {
      const { host, port, warnBeforeMs, tlsSkipVerify = false } = target;
      const warn_before = durationText(warnBeforeMs);
      return { tls: { host, port, ...secureBody(target), verify: !tlsSkipVerify, warn_before } };
    }
    case 'dns':
      return { dns: dnsBody(target) };
    case 'ttl':
      return {};
    default:
      return target satisfies never;
  }
}

function secureBody({
  ca,
  serverName,
  clientCertificate,
  clientKey,
}: TlsOptions): Pick<TlsDto, keyof TlsDto> {
  return {
    ...(ca !== undefined && { ca }),
    ...(serverName !== undefined && { server_name: serverName }),
    ...(clientCertificate !== undefined && { client_certificate: clientCertificate }),
    ...(clientKey !== undefined && { client_key: shown(clientKey) }),
  };
}

function httpBody(target: HttpTarget): HttpTargetDto {
  const { url, method, headers, body, expectedCodes, expectedBody, tlsSkipVerify } = target;
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = target;
  return {
    url,
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, shown(value)])),
    ...(body !== undefined && { body }),
    expected_codes: expectedCodes.map(codesBody),
    ...(expectedBody && conditionBody(expectedBody)),
    max_body: maxBodyBytes,
    tls_skip_verify: tlsSkipVerify,
    ...secureBody(target),
  };
}

/** A reference is no secret itself. */
function shown(secret: string): string {
  return isReference(secret) ? secret : REDACTED;
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
