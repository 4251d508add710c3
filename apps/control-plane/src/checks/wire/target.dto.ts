import type { CheckTarget, ProbeTarget, TcpTarget } from '@vitals/core/check';
import { durationText, tryParseDuration } from '@vitals/core/time';
import { IsBoolean } from 'class-validator';
import { Line, Member, OptionalMember, Part, Rule, Whole } from '../../http/members.js';
import { hostText } from '@vitals/probes';
import type { CheckDto } from './check.dto.js';
import { dnsBody, dnsOf } from './dns.dto.js';
import { httpBody, httpOf } from './http.dto.js';
import { authorityFault, isHost, MAX_HOST } from './http.rules.js';
import { isUnverified, secureBody, secureOf, TlsDto } from './tls.dto.js';
import { duration, durationFault } from './window.dto.js';
import * as s from '../../http/schema.js';

const DAY_MS = 86_400_000;
/** The longest that a certificate may be told of before it expires, in milliseconds. */
const MAX_WARNING_MS = 365 * DAY_MS;
/** A certificate takes days to renew where that is not automatic. */
const WARN_BEFORE_MS = 14 * DAY_MS;

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

  @Whole(1, 65_535)
  port!: number;
}

/** A port of a host where TLS may be spoken. */
class SecurePlaceDto extends TlsDto {
  @Host()
  host!: string;

  @Whole(1, 65_535)
  port!: number;
}

/** A gRPC server that answers the standard health check. */
@Part('For the type grpc: `grpc.health.v1.Health/Check` has to answer SERVING.')
export class GrpcTargetDto extends SecurePlaceDto {
  static override lacksTls({ tls }: GrpcTargetDto): string | undefined {
    return tls === true ? undefined : 'needs tls: without it there is no certificate';
  }

  @OptionalMember(s.text('Empty for the whole server.', { maxLength: 253, default: '' }), Line(0, 253))
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
    { default: false, description: 'Takes any certificate; needs tls. The same as verify: false.' },
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
    default: true,
    description: 'false: nobody has to be trusted, and only the dates of the certificate count.',
  })
  override verify?: boolean;
}

type Kind = ProbeTarget['kind'];
type TargetOf<K extends Kind> = Extract<ProbeTarget, { kind: K }>;
type DtoOf<K extends Kind> = NonNullable<CheckDto[K]>;

/** How a target of one kind is read, by what was known of it so far, and how it is sent. */
interface TargetForm<K extends Kind> {
  readonly of: (given: DtoOf<K>, known: TargetOf<K> | undefined) => TargetOf<K>;
  readonly body: (target: TargetOf<K>) => DtoOf<K>;
}

const FORMS: { readonly [K in Kind]: TargetForm<K> } = {
  http: { of: httpOf, body: httpBody },
  dns: { of: dnsOf, body: dnsBody },
  tcp: {
    of: (given) => ({ kind: 'tcp', ...placeOf(given) }),
    body: ({ host, port }) => ({ host, port }),
  },
  grpc: {
    of: (given, known) => ({
      kind: 'grpc',
      ...placeOf(given),
      service: given.service ?? '',
      ...(given.authority !== undefined && { authority: given.authority }),
      tls: given.tls ?? false,
      tlsSkipVerify: isUnverified(given),
      ...secureOf(given, '/grpc', ofSamePlace(known, given)),
    }),
    body: ({ host, port, service, authority, tls, tlsSkipVerify, ...secure }) => ({
      host,
      port,
      service,
      ...(authority !== undefined && { authority }),
      tls,
      tls_skip_verify: tlsSkipVerify,
      ...secureBody(secure),
    }),
  },
  tls: {
    of: (given, known) => ({
      kind: 'tls',
      ...placeOf(given),
      ...secureOf(given, '/tls', ofSamePlace(known, given)),
      warnBeforeMs: tryParseDuration(given.warn_before) ?? WARN_BEFORE_MS,
      ...(isUnverified(given) && { tlsSkipVerify: true }),
    }),
    body: ({ host, port, warnBeforeMs, tlsSkipVerify = false, ...secure }) => ({
      host,
      port,
      ...secureBody(secure),
      verify: !tlsSkipVerify,
      warn_before: durationText(warnBeforeMs),
    }),
  },
};

/**
 * What a check that was read probes. @param known what it probed so far
 * @throws VitalsError `request-invalid` for a header or a key that is to go on saying what nobody knows
 */
export function targetOf(check: CheckDto, known: CheckTarget | undefined): CheckTarget {
  const read = <K extends Kind>(kind: K): CheckTarget =>
    FORMS[kind].of(check[kind] as DtoOf<K>, known?.kind === kind ? (known as TargetOf<K>) : undefined);
  return check.type === 'ttl' ? { kind: 'ttl' } : read(check.type);
}

/**
 * A target as it is sent, under the name of its type, all of it said; but for its secrets, of which references alone
 * are shown.
 */
export function targetBody(target: CheckTarget): Pick<CheckDto, Kind> {
  const form = <K extends Kind>(kind: K): DtoOf<K> => FORMS[kind].body(target as TargetOf<K>);
  return target.kind === 'ttl' ? {} : { [target.kind]: form(target.kind) };
}

type Place = Pick<TcpTarget, 'host' | 'port'>;

/** A host has one form, so that another spelling is no other target. */
function placeOf({ host, port }: TcpTargetDto): Place {
  return { host: hostText(host), port };
}

/** What is known of the same server. */
function ofSamePlace<T extends Place>(known: T | undefined, given: TcpTargetDto): T | undefined {
  const { host, port } = placeOf(given);
  return known?.host === host && known.port === port ? known : undefined;
}
