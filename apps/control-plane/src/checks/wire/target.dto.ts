import type { CheckTarget, TcpTarget } from '@vitals/core/check';
import { durationText, tryParseDuration } from '@vitals/core/time';
import { IsBoolean } from 'class-validator';
import { lineFault, Member, OptionalMember, Part, Rule, Whole } from '../../http/members.js';
import { hostText } from '@vitals/probes';
import type { CheckDto } from './check.dto.js';
import { dnsBody, dnsOf, DnsTargetDto } from './dns.dto.js';
import { httpBody, httpOf, HttpTargetDto } from './http.dto.js';
import { authorityFault, isHost, MAX_HOST } from './http.rules.js';
import { isUnverified, secureBody, secureOf, TlsDto } from './tls.dto.js';
import { duration, durationFault } from './window.dto.js';
import * as s from '../../http/schema.js';

const DAY_MS = 86_400_000;
/** The longest that a certificate may be told of before it expires, in milliseconds. */
const MAX_WARNING_MS = 365 * DAY_MS;
/** A certificate takes days to renew where that is not automatic. */
const WARN_BEFORE_MS = 14 * DAY_MS;

const PORT: s.Schema = { type: 'integer', minimum: 1, maximum: 65_535 };

function Host(): PropertyDecorator {
  const detail = 'must be the name of a host or an IP address, without a port';
  const rule = Rule((value) => (isHost(value) ? undefined : detail));
  return Member(s.text('A name, or an IP address.', { maxLength: MAX_HOST }), rule);
}

/** A port of a host. */
@Part('For the type tcp: a port that accepts a connection.')
export class TcpTargetDto {
  @Host()
  host!: string;

  @Member(PORT, Whole(1, 65_535))
  port!: number;
}

/** A port of a host where TLS may be spoken. */
class SecurePlaceDto extends TlsDto {
  @Host()
  host!: string;

  @Member(PORT, Whole(1, 65_535))
  port!: number;
}

/** A gRPC server that answers the standard health check. */
@Part('For the type grpc: `grpc.health.v1.Health/Check` has to answer SERVING.')
export class GrpcTargetDto extends SecurePlaceDto {
  static override lacksTls({ tls }: GrpcTargetDto): string | undefined {
    return tls === true ? undefined : 'needs tls: without it there is no certificate';
  }

  @OptionalMember(
    s.text('Empty for the whole server.', { maxLength: 253, default: '' }),
    Rule((value) => lineFault(value, 0, 253)),
  )
  service?: string;

  @OptionalMember(
    s.text(
      'What the call names as the server, in `:authority`; server_name or host, and port, if left out.',
      { maxLength: 261, examples: ['orders.example:443'] },
    ),
    Rule(authorityFault),
  )
  authority?: string;

  @OptionalMember({ default: false }, IsBoolean())
  tls?: boolean;

  @OptionalMember(
    {
      type: 'boolean',
      default: false,
      description: 'Takes any certificate; needs tls. The same as verify: false.',
    },
    IsBoolean(),
    Rule((value, beside: GrpcTargetDto) => (value === true ? GrpcTargetDto.lacksTls(beside) : undefined)),
  )
  tls_skip_verify?: boolean;
}

/** A TLS server, and how long before its certificate expires it is to be told. */
@Part('For the type tls: a certificate that is valid, and stays so.')
export class TlsTargetDto extends SecurePlaceDto {
  @OptionalMember(
    { ...duration('Warning when it expires within so long.', '14d'), default: '14d' },
    Rule((value) => durationFault(value, 0, MAX_WARNING_MS)),
  )
  warn_before?: string;

  @Member({
    type: 'boolean',
    default: true,
    description: 'false: nobody has to be trusted, and only the dates of the certificate count.',
  })
  override verify?: boolean;
}

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
        warnBeforeMs: tryParseDuration(tls.warn_before) ?? WARN_BEFORE_MS,
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

/**
 * A target as it is sent, under the name of its type, all of it said; but for its secrets, of which references alone
 * are shown.
 */
export function targetBody(target: CheckTarget): Pick<CheckDto, 'http' | 'tcp' | 'grpc' | 'tls' | 'dns'> {
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
