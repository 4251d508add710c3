import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { isReference } from '../../../settings/secret-settings.js';
import { REDACTED } from './http.rules.js';

/** The most characters of certificates in one member: a chain, or some authorities, not all of a browser's. */
export const MAX_CERTIFICATE_CHARACTERS = 16_384;
/** The most characters of a key: the longest of RSA that is in use has half of that. */
export const MAX_KEY_CHARACTERS = 8_192;

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** What is wrong with certificates as PEM (RFC 7468); `undefined` if nothing is. */
export function certificatesFault(value: unknown): string | undefined {
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
export function keyFault(value: unknown): string | undefined {
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
export function pairFault(certificates: string, key: string): string | undefined {
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

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
