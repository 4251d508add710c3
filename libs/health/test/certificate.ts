import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';

/** What a certificate is made with. */
export interface CertificateOptions {
  readonly commonName: string;
  /** Names and addresses that it is good for; default `localhost`. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter: Date;
  /** Whose key it has too; default a new one. */
  readonly sameKeyAs?: Certificate;
  /** Who signs it; default itself. */
  readonly issuer?: Certificate;
}

/** A certificate with its key, as `node:tls` takes them. */
export interface Certificate {
  readonly commonName: string;
  readonly cert: string;
  readonly key: string;
  readonly privateKey: KeyObject;
}

const MS_PER_DAY = 86_400_000;

/** DER tags: https://www.itu.int/rec/T-REC-X.690. */
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OID = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const context = (number: number): number => 0xa0 | number;

const ECDSA_WITH_SHA256 = der(SEQUENCE, oid('2a8648ce3d040302'));
const COMMON_NAME = oid('550403');
const SUBJECT_ALT_NAME = oid('551d11');
const BASIC_CONSTRAINTS = oid('551d13');

/** Makes an X.509 v3 certificate (RFC 5280) over a P-256 key; it may also sign others. */
export function certificate(options: CertificateOptions): Certificate {
  const { commonName, names = ['localhost'], notAfter, issuer } = options;
  const notBefore = options.notBefore ?? new Date(notAfter.getTime() - 1_000 * MS_PER_DAY);
  const privateKey =
    options.sameKeyAs?.privateKey ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const publicKey = createPublicKey(privateKey);
  const body = der(
    SEQUENCE,
    der(context(0), der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer?.commonName ?? commonName),
    der(SEQUENCE, timeOf(notBefore), timeOf(notAfter)),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(context(3), der(SEQUENCE, extension(SUBJECT_ALT_NAME, altNames(names)), authority())),
  );
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  const bytes = der(SEQUENCE, body, ECDSA_WITH_SHA256, der(BIT_STRING, Buffer.from([0]), signature));
  return {
    commonName,
    cert: pem(bytes),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    privateKey,
  };
}

/** The moment that is this many days from now; negative is in the past. */
export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * MS_PER_DAY);
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function oid(hex: string): Buffer {
  return der(OID, Buffer.from(hex, 'hex'));
}

function nameOf(commonName: string): Buffer {
  const attribute = der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from(commonName)));
  return der(SEQUENCE, der(SET, attribute));
}

/** RFC 5280 has years before 2050 as UTCTime; every reader takes GeneralizedTime as well. */
function timeOf(date: Date): Buffer {
  return der(GENERALIZED_TIME, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}

function extension(id: Buffer, value: Buffer, ...critical: readonly Buffer[]): Buffer {
  return der(SEQUENCE, id, ...critical, der(OCTET_STRING, value));
}

function altNames(names: readonly string[]): Buffer {
  const nameOrAddress = (name: string): Buffer =>
    isIP(name) === 0 ? der(DNS_NAME, Buffer.from(name)) : der(IP_ADDRESS, octetsOf(name));
  return der(SEQUENCE, ...names.map(nameOrAddress));
}

/** An address as it stands in a certificate: RFC 5280 section 4.2.1.6. */
function octetsOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined): number[] =>
    text ? text.split(':').map((group) => Number.parseInt(group, 16)) : [];
  const [first, last] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0);
  return Buffer.from([...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 0xff]));
}

function authority(): Buffer {
  const yes = der(BOOLEAN, Buffer.from([0xff]));
  return extension(BASIC_CONSTRAINTS, der(SEQUENCE, yes), yes);
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
