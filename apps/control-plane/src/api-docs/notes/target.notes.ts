import { DEFAULT_MAX_BODY_BYTES, MAX_MAX_BODY_BYTES, MIN_MAX_BODY_BYTES } from '@vitals/core/content';
import { DnsTargetDto, MAX_RECORD_CHARACTERS, MAX_RECORDS } from '../../checks/api/body/dns.dto.js';
import { MAX_URL } from '../../checks/api/body/http.rules.js';
import { MAX_CERTIFICATE_CHARACTERS, MAX_KEY_CHARACTERS } from '../../checks/api/body/pem.rules.js';
import {
  BodyJsonDto,
  GrpcTargetDto,
  HttpTargetDto,
  TcpTargetDto,
  TlsTargetDto,
} from '../../checks/api/body/target.dto.js';
import type { TlsDto } from '../../checks/api/body/tls.dto.js';
import { classComponent, type MemberNotes } from '../schema/class.schema.js';
import { listOf, ref, type Schema, text } from '../schema/schema.js';
import { duration } from '../schema/values.js';

const HOST: Schema = text('A name, or an IP address.', { maxLength: 255 });
const PORT: Schema = { type: 'integer', minimum: 1, maximum: 65_535 };
const LONGEST = { maxLength: 1_024 };

const BODY_JSON: MemberNotes<BodyJsonDto> = {
  pointer: text('JSON Pointer (RFC 6901).', { maxLength: 256, examples: ['/status'] }),
  value: { type: ['string', 'number', 'boolean', 'null'], description: 'What the member has to be.' },
};

/** A member of a JSON body. */
export const BodyJson = classComponent(
  BodyJsonDto,
  BODY_JSON,
  'Healthy only if this member of a JSON body has this value.',
);

const OF_TLS: MemberNotes<TlsDto> = {
  ca: text('The authorities that are trusted, as PEM; those that Node.js trusts if left out.', {
    maxLength: MAX_CERTIFICATE_CHARACTERS,
  }),
  server_name: text(
    'The name or address that is asked for and that the certificate has to be for; the host if left out.',
    { maxLength: 255 },
  ),
  client_certificate: text('What the check shows of itself, as PEM, with those that signed it behind it.', {
    maxLength: MAX_CERTIFICATE_CHARACTERS,
  }),
  client_key: text(
    'The key of client_certificate, as PEM, not encrypted. A secret: answers say `<redacted>`, which keeps it in a PUT while the server stays the same; or `env:VITALS_CHECK_SECRET_…`, which is shown.',
    { maxLength: MAX_KEY_CHARACTERS },
  ),
  verify: { type: 'boolean', default: true, description: 'Whether the certificate has to be trusted.' },
};

const HTTP: MemberNotes<HttpTargetDto> = {
  ...OF_TLS,
  url: text('http: or https:, without credentials.', { format: 'uri', maxLength: MAX_URL }),
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
    ...listOf(
      { type: ['integer', 'string'], minimum: 100, maximum: 599, pattern: '^[0-9]{3}(-[0-9]{3})?$' },
      'Healthy codes, and ranges of them.',
    ),
    minItems: 1,
    maxItems: 32,
    default: ['200-299'],
  },
  body_contains: text('Healthy only with this in the content of the body.', { ...LONGEST, minLength: 1 }),
  body_lacks: text('Healthy only without it in all of the content.', { ...LONGEST, minLength: 1 }),
  body_json: ref(BodyJson),
  max_body: {
    type: ['integer', 'string'],
    minimum: MIN_MAX_BODY_BYTES,
    maximum: MAX_MAX_BODY_BYTES,
    default: DEFAULT_MAX_BODY_BYTES,
    description:
      'How much of the content of the body a condition reads: bytes, or text such as "256KiB". Answered in bytes.',
  },
  tls_skip_verify: { default: false, description: 'Takes any certificate; the same as verify: false.' },
};

const TCP: MemberNotes<TcpTargetDto> = { host: HOST, port: PORT };

const GRPC: MemberNotes<GrpcTargetDto> = {
  ...TCP,
  ...OF_TLS,
  authority: text(
    'What the call names as the server, in `:authority`; server_name or host, and port, if left out.',
    {
      maxLength: 261,
      examples: ['orders.example:443'],
    },
  ),
  service: text('Empty for the whole server.', { maxLength: 253, default: '' }),
  tls: { default: false },
  tls_skip_verify: {
    type: 'boolean',
    default: false,
    description: 'Takes any certificate; needs tls. The same as verify: false.',
  },
};

const TLS: MemberNotes<TlsTargetDto> = {
  ...TCP,
  ...OF_TLS,
  verify: {
    type: 'boolean',
    default: true,
    description: 'false: nobody has to be trusted, and only the dates of the certificate count.',
  },
  warn_before: { ...duration('Warning when it expires within so long.', '14d'), default: '14d' },
};

const RECORDS = {
  minItems: 1,
  maxItems: MAX_RECORDS,
};
const A_RECORD: Schema = { type: 'string', maxLength: MAX_RECORD_CHARACTERS, examples: ['192.0.2.1'] };

const DNS: MemberNotes<DnsTargetDto> = {
  name: text('The full name: neither search list nor hosts file are used. For PTR it may be an IP address.', {
    maxLength: 254,
    examples: ['shop.example.org'],
  }),
  record: { description: 'Which records it has to have.' },
  expected: {
    ...listOf(A_RECORD, 'Healthy with these records and no others, in any order and spelling.'),
    ...RECORDS,
  },
  contains: { ...listOf(A_RECORD, 'Healthy with at least these records; not beside expected.'), ...RECORDS },
  server: text('Who is asked, with the port if it is not 53; the DNS servers of the system if left out.', {
    maxLength: 261,
    examples: ['192.0.2.53:53'],
  }),
};

/** An HTTP request, and the answers to it that are healthy. */
export const HttpTarget = classComponent(HttpTargetDto, HTTP, 'For the type http.');

/** A port of a host. */
export const TcpTarget = classComponent(
  TcpTargetDto,
  TCP,
  'For the type tcp: a port that accepts a connection.',
);

/** A gRPC server. */
export const GrpcTarget = classComponent(
  GrpcTargetDto,
  GRPC,
  'For the type grpc: `grpc.health.v1.Health/Check` has to answer SERVING.',
);

/** A TLS server. */
export const TlsTarget = classComponent(
  TlsTargetDto,
  TLS,
  'For the type tls: a certificate that is valid, and stays so.',
);

/** A name of DNS. */
export const DnsTarget = classComponent(DnsTargetDto, DNS, 'For the type dns: a name that has records.');
