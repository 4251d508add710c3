import { DEFAULT_MAX_BODY_BYTES } from '@vitals/core/content';
import type { FieldFault } from '@vitals/core/errors';
import type { BodyCondition, CheckTarget, CodeRange, HttpTarget, TcpTarget } from '@vitals/core/check';
import { pointerTo } from '@vitals/core/json';
import { invalid } from '../../../http/validation.js';
import { hostText } from '@vitals/probes';
import type { CheckDto } from './check.dto.js';
import { dnsOf, type DnsTargetDto } from './dns.dto.js';
import { tryDuration } from './duration.rule.js';
import { REDACTED, tryBytes, tryCodes } from './http.rules.js';
import { isUnverified, secureOf } from './tls.reading.js';
import type { GrpcTargetDto, HttpTargetDto, TcpTargetDto, TlsTargetDto } from './target.dto.js';

const HEALTHY: readonly CodeRange[] = [{ first: 200, last: 299 }];
/** A certificate takes days to renew where that is not automatic. */
const WARN_BEFORE_MS = 14 * 86_400_000;

/**
 * What a check that was read looks at. @param known what it looked at so far
 * @throws VitalsError `request-invalid` for a header or a key that is to go on saying what nobody knows
 */
export function targetOf(check: CheckDto, known: CheckTarget | undefined): CheckTarget {
  switch (check.type) {
    case 'http':
      return httpOf(check.http as HttpTargetDto, known?.kind === 'http' ? known : undefined);
    case 'tcp':
      return { kind: 'tcp', ...placeOf(check.tcp as TcpTargetDto) };
    case 'grpc': {
      const grpc = check.grpc as GrpcTargetDto;
      const { service = '', authority, tls = false } = grpc;
      return {
        kind: 'grpc',
        ...placeOf(grpc),
        service,
        ...(authority !== undefined && { authority }),
        tls,
        tlsSkipVerify: isUnverified(grpc),
        ...secureOf(grpc, '/grpc', known?.kind === 'grpc' && isSamePlace(known, grpc) ? known : undefined),
      };
    }
    case 'tls': {
      const tls = check.tls as TlsTargetDto;
      return {
        kind: 'tls',
        ...placeOf(tls),
        ...secureOf(tls, '/tls', known?.kind === 'tls' && isSamePlace(known, tls) ? known : undefined),
        warnBeforeMs: tryDuration(tls.warn_before) ?? WARN_BEFORE_MS,
        ...(isUnverified(tls) && { tlsSkipVerify: true }),
      };
    }
    case 'dns':
      return dnsOf(check.dns as DnsTargetDto);
    case 'ttl':
      return { kind: 'ttl' };
    default:
      return check.type satisfies never;
  }
}

/** A host has one form, so that another spelling is no other target. */
function placeOf({ host, port }: TcpTargetDto): Pick<TcpTarget, 'host' | 'port'> {
  return { host: hostText(host), port };
}

function isSamePlace(known: Pick<TcpTarget, 'host' | 'port'>, given: TcpTargetDto): boolean {
  const { host, port } = placeOf(given);
  return known.host === host && known.port === port;
}

function httpOf(http: HttpTargetDto, known: HttpTarget | undefined): HttpTarget {
  const { method = 'GET', body, expected_codes: codes } = http;
  const url = new URL(http.url).href;
  const expectedBody = conditionOf(http);
  const maxBodyBytes = tryBytes(http.max_body) ?? DEFAULT_MAX_BODY_BYTES;
  return {
    kind: 'http',
    url,
    method,
    headers: headersOf(http.headers ?? {}, url, known),
    ...(body !== undefined && { body }),
    expectedCodes: codes?.map((code) => tryCodes(code) as CodeRange) ?? HEALTHY,
    ...(expectedBody && { expectedBody }),
    ...(maxBodyBytes !== DEFAULT_MAX_BODY_BYTES && { maxBodyBytes }),
    tlsSkipVerify: isUnverified(http),
    ...secureOf(
      http,
      '/http',
      known && new URL(known.url).origin === new URL(url).origin ? known : undefined,
    ),
  };
}

function conditionOf({ body_contains, body_lacks, body_json }: HttpTargetDto): BodyCondition | undefined {
  if (body_contains !== undefined) return { kind: 'contains', text: body_contains };
  if (body_lacks !== undefined) return { kind: 'lacks', text: body_lacks };
  return body_json && { kind: 'json', pointer: body_json.pointer, value: body_json.value };
}

function headersOf(
  headers: Readonly<Record<string, string>>,
  url: string,
  known: HttpTarget | undefined,
): Readonly<Record<string, string>> {
  const faults: FieldFault[] = [];
  const entries = Object.entries(headers).map(([name, value]) => {
    if (value !== REDACTED) return [name, value];
    const before =
      known && Object.entries(known.headers).find(([one]) => one.toLowerCase() === name.toLowerCase());
    const pointer = pointerTo('/http/headers', name);
    // a secret must not go to another host than it was given for
    const isSame = known && new URL(known.url).origin === new URL(url).origin;
    if (!before)
      faults.push({ pointer, detail: `${REDACTED} stands for nothing here: the check has no such header` });
    else if (!isSame)
      faults.push({ pointer, detail: 'must be given again: the url leads to another server' });
    return [name, before?.[1] ?? value];
  });
  if (faults.length > 0) throw invalid(faults);
  return Object.fromEntries(entries) as Record<string, string>;
}
