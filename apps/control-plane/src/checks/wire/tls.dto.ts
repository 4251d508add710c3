import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { TlsOptions } from '@vitals/core/check';
import { IsBoolean } from 'class-validator';
import { OptionalMember, Rule, tryRead } from '../../http/members.js';
import * as s from '../../http/schema.js';
import { invalid } from '../../http/validation.js';
import { hostText } from '@vitals/probes';
import { isReference } from '../../settings/secret-settings.js';
import { isHost, MAX_HOST, REDACTED, shownSecret } from './http.rules.js';

/** The most characters of certificates in one member: a chain, or some authorities, not all of a browser's. */
const MAX_CERTIFICATE_CHARACTERS = 16_384;
/** The most characters of a key: the longest of RSA that is in use has half of that. */
const MAX_KEY_CHARACTERS = 8_192;

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

const OF_SERVER_NAME = 'must be the name or the IP address that the certificate is for, without a port';

/**
 * Who is trusted and who asks, wherever TLS is spoken. A class that extends it says with a static `lacksTls` when it
 * is not.
 */
export class TlsDto {
  /** Why a target speaks no TLS, in words that say what to do; `undefined` if it does. */
  static lacksTls(_target: object): string | undefined {
    return undefined;
  }

  @OptionalMember(
    s.text('The authorities that are trusted, as PEM; those that Node.js trusts if left out.', {
      maxLength: MAX_CERTIFICATE_CHARACTERS,
    }),
    Rule((value, beside: TlsDto) => certificatesFault(value) ?? lackOf(beside)),
  )
  ca?: string;

  @OptionalMember(
    s.text(
      'The name or address that is asked for and that the certificate has to be for; the host if left out.',
      { maxLength: MAX_HOST },
    ),
    Rule((value, beside: TlsDto) => (isHost(value) ? lackOf(beside) : OF_SERVER_NAME)),
  )
  server_name?: string;

  @OptionalMember(
    s.text('What the check shows of itself, as PEM, with those that signed it behind it.', {
      maxLength: MAX_CERTIFICATE_CHARACTERS,
    }),
    Rule((value, beside: TlsDto) => {
      const isAlone = beside.client_key === undefined;
      return certificatesFault(value) ?? (isAlone ? 'needs client_key, the key of it' : lackOf(beside));
    }),
  )
  client_certificate?: string;

  @OptionalMember(
    s.text(
      'The key of client_certificate, as PEM, not encrypted. A secret: answers say `<redacted>`, which keeps it in a PUT while the server stays the same; or `env:VITALS_CHECK_SECRET_…`, which is shown.',
      { maxLength: MAX_KEY_CHARACTERS },
    ),
    Rule((value, { client_certificate: certificate }: TlsDto) => {
      if (certificate === undefined) return 'needs client_certificate, what the key is for';
      const fault = keyFault(value);
      if (fault !== undefined || value === REDACTED || certificatesFault(certificate) !== undefined)
        return fault;
      return pairFault(certificate, String(value));
    }),
  )
  client_key?: string;

  @OptionalMember(
    { default: true, description: 'Whether the certificate has to be trusted.' },
    IsBoolean(),
    Rule((value, beside: TlsDto & { tls_skip_verify?: boolean }) => {
      if (beside.tls_skip_verify === value) return 'says the opposite of tls_skip_verify; leave that out';
      return value === false ? lackOf(beside) : undefined;
    }),
  )
  verify?: boolean;
}

/** Whether any certificate is taken, in either spelling. */
export function isUnverified({ verify, tls_skip_verify }: TlsDto & { tls_skip_verify?: boolean }): boolean {
  return tls_skip_verify === true || verify === false;
}

/**
 * Who is trusted and who asks. @param pointer to the target @param known what was said so far of the same server
 * @throws VitalsError `request-invalid` for a key that is to stay as nobody knows it, or is not that of a new certificate
 */
export function secureOf(given: TlsDto, pointer: string, known: TlsOptions | undefined): TlsOptions {
  const { ca, server_name: name, client_certificate: clientCertificate } = given;
  const clientKey = keyOf(given, `${pointer}/client_key`, known);
  return defined({ ca, serverName: name && hostText(name), clientCertificate, clientKey });
}

function keyOf(
  { client_key: key, client_certificate: certificate }: TlsDto,
  pointer: string,
  known: TlsOptions | undefined,
): string | undefined {
  if (key !== REDACTED) return key;
  const before = known?.clientKey;
  if (before === undefined) {
    const detail = `${REDACTED} stands for nothing here: the check has no key, or none for this server; say it again`;
    throw invalid([{ pointer, detail }]);
  }
  const fault = pairFault(String(certificate), before);
  if (fault !== undefined) throw invalid([{ pointer, detail: `${fault}; say the new key` }]);
  return before;
}

type TlsMembers = Pick<TlsDto, keyof TlsDto>;

/** Who is trusted and who asks, as it is sent; of a key only a reference is shown. */
export function secureBody({ ca, serverName, clientCertificate, clientKey }: TlsOptions): TlsMembers {
  return defined({
    ca,
    server_name: serverName,
    client_certificate: clientCertificate,
    client_key: clientKey && shownSecret(clientKey),
  });
}

/** The members that have a value. */
function defined<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

function lackOf(target: object): string | undefined {
  return (target.constructor as typeof TlsDto).lacksTls(target);
}

/** What is wrong with certificates as PEM (RFC 7468); `undefined` if nothing is. */
function certificatesFault(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_CERTIFICATE_CHARACTERS)
    return `must be certificates as PEM, of at most ${MAX_CERTIFICATE_CHARACTERS} characters`;
  const blocks = [...value.matchAll(BLOCK)];
  const other = blocks.find(([, label]) => label !== 'CERTIFICATE')?.[1];
  if (other?.endsWith('PRIVATE KEY')) return 'must not hold a private key; that belongs in client_key';
  if (other !== undefined) return `must hold certificates alone, and has a block "${other}"`;
  if (blocks.length === 0)
    return 'must be certificates as PEM: text that begins with "-----BEGIN CERTIFICATE-----"';
  const bad = blocks.findIndex(([block]) => readCertificate(block) === undefined);
  return bad < 0 ? undefined : `has a certificate that cannot be read: number ${bad + 1} of ${blocks.length}`;
}

/** What is wrong with a private key as PEM (RFC 7468), or what stands for one that is known or in the environment. */
function keyFault(value: unknown): string | undefined {
  if (value === REDACTED || isReference(value)) return undefined;
  if (typeof value !== 'string' || value.length > MAX_KEY_CHARACTERS)
    return `must be a private key as PEM, of at most ${MAX_KEY_CHARACTERS} characters`;
  // RFC 1421 section 4.6.1.1, and RFC 5958 section 3
  if (/^Proc-Type: 4,ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/m.test(value))
    return 'is encrypted, and nobody could be asked for its passphrase; give it decrypted';
  if (readKey(value)) return undefined;
  if (value.includes('BEGIN CERTIFICATE')) return 'is a certificate; give the private key that belongs to it';
  return 'must be a private key as PEM: text that begins with "-----BEGIN PRIVATE KEY-----"';
}

/** What is wrong with a certificate and its key together, each of which is well; nothing is known of a reference. */
function pairFault(certificates: string, key: string): string | undefined {
  if (isReference(key)) return undefined;
  const [first = ''] = certificates.match(BLOCK) ?? [];
  const privateKey = readKey(key);
  if (!privateKey || !readCertificate(first)?.checkPrivateKey(privateKey))
    return 'does not belong to client_certificate, whose first certificate has to be that of the client';
  try {
    createSecureContext({ cert: certificates, key });
    return undefined;
  } catch (error) {
    return `cannot be used: ${(error as Error).message}`;
  }
}

const readCertificate = (pem: string) => tryRead(() => new X509Certificate(pem));
const readKey = (pem: string) => tryRead(() => createPrivateKey(pem));
