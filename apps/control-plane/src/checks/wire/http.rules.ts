import { MAX_MAX_BODY_BYTES, MIN_MAX_BODY_BYTES } from '@vitals/core/content';
import { parseBytes } from '@vitals/core/placement';
import { canParseUrl, type CodeRange, type HttpMethod, type HttpTarget } from '@vitals/core/check';
import { isConnectionHeader, parseHost, readHttpUrl } from '@vitals/probes';
import { CHECK_SECRET_PREFIX, isReference, referredName } from '../../settings/secret-settings.js';
import { isRecord, tryRead } from '../../http/members.js';
import { invalid } from '../../http/validation.js';
import type { FieldFault } from '@vitals/core/errors';
import { pointerTo } from '@vitals/core/json';

/** The longest URL, in characters. */
export const MAX_URL = 2_048;
/** The most bytes that a request of a check sends. */
export const MAX_BODY_BYTES = 4_096;
/** The most headers, and the most bytes of all of them. */
export const MAX_HEADERS = 32;
const MAX_HEADER_BYTES = 8_192;
/** The most codes and ranges of codes. */
export const MAX_CODES = 32;

/** The longest host, in characters. */
export const MAX_HOST = 255;

/** What is told in place of what a header says; sent back, it stands for what the header said before. */
export const REDACTED = '<redacted>';

/** A token of RFC 9110 section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** A field value of RFC 9110 section 5.5, in ASCII: no line can begin in it. */
const HEADER_VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;
/** A host, and a port if there is one. */
const HOST_VALUE = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;

/** A secret as it is shown: a reference is none itself. */
export function shownSecret(secret: string): string {
  return isReference(secret) ? secret : REDACTED;
}

/** Whether a value is the name of a host or an IP address, without a port. */
export function isHost(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_HOST && parseHost(value) !== undefined;
}

/** What is wrong with the URL of a check. Whether it may be reached, the settings say. */
export function urlFault(value: unknown): string | undefined {
  const url = typeof value === 'string' && value.length <= MAX_URL ? readHttpUrl(value) : 'not a URL';
  switch (url) {
    case 'not a URL':
      return `must be a URL such as "https://shop.example.org/health", of at most ${MAX_URL} characters`;
    case 'another protocol':
      return 'must begin with http:// or https://';
    case 'credentials':
      return 'must not hold credentials; send them in the header authorization';
    default:
      return undefined;
  }
}

/** What is wrong with the headers of a check. */
export function headersFault(value: unknown): string | undefined {
  if (!isRecord(value)) return 'must be an object of texts, such as {"accept": "application/json"}';
  const entries = Object.entries(value);
  if (entries.length > MAX_HEADERS) return `must be at most ${MAX_HEADERS} headers`;
  const names = new Set<string>();
  let bytes = 0;
  for (const [name, text] of entries) {
    const fault = headerFault(name, text);
    if (fault !== undefined) return `${JSON.stringify(name.slice(0, 128))} ${fault}`;
    if (names.has(name.toLowerCase())) return `${JSON.stringify(name)} is there twice`;
    names.add(name.toLowerCase());
    bytes += name.length + String(text).length;
  }
  return bytes > MAX_HEADER_BYTES ? `must be at most ${MAX_HEADER_BYTES} bytes together` : undefined;
}

function headerFault(name: string, text: unknown): string | undefined {
  if (!HEADER_NAME.test(name)) return 'is not a valid header name';
  if (isConnectionHeader(name)) return 'belongs to the connection; leave it out';
  if (typeof text !== 'string' || !HEADER_VALUE.test(text))
    return 'must be text of ASCII characters on one line, without spaces at its ends';
  const refers: boolean = isReference(text);
  if (refers && referredName(text) === undefined)
    return `may refer to variables whose names begin with ${CHECK_SECRET_PREFIX} only, such as env:${CHECK_SECRET_PREFIX}SHOP`;
  if (!refers && text.includes(`env:${CHECK_SECRET_PREFIX}`))
    return 'has a reference in it, which has to be the whole value; put what stands beside it, such as "Bearer ", into the variable';
  if (name.toLowerCase() === 'host' && text !== REDACTED && !HOST_VALUE.test(text))
    return 'must be a host, with a port or without';
  return undefined;
}

/** What is wrong with the name that a server is called by, with a port or without (RFC 3986 section 3.2). */
export function authorityFault(value: unknown): string | undefined {
  const isAuthority = typeof value === 'string' && value.length <= 261 && HOST_VALUE.test(value);
  if (isAuthority && canParseUrl(`http://${value}`)) return undefined;
  return 'must be a host, with a port or without, such as "orders.example:443"; an IPv6 address in brackets';
}

/** What is wrong with the body that a check sends. */
export function bodyFault(value: unknown, method: HttpMethod | undefined): string | undefined {
  if (typeof value !== 'string' || Buffer.byteLength(value) > MAX_BODY_BYTES)
    return `must be text of at most ${MAX_BODY_BYTES} bytes`;
  if (method !== undefined && method !== 'GET' && method !== 'HEAD') return undefined;
  return 'is not sent with GET or HEAD; choose another method, or leave it out';
}

/** What is wrong with how much of a body is looked at. */
export function maxBodyFault(value: unknown): string | undefined {
  const bytes = tryBytes(value);
  const range = `from ${MIN_MAX_BODY_BYTES} (1 KiB) to ${MAX_MAX_BODY_BYTES} (1 MiB)`;
  if (bytes === undefined) return `must be a number of bytes, or text such as "256KiB", ${range}`;
  if (bytes >= MIN_MAX_BODY_BYTES && bytes <= MAX_MAX_BODY_BYTES) return undefined;
  return `must be ${range} bytes, and is ${bytes}`;
}

/** Reads `65536` or `"64KiB"` into whole bytes; `undefined` for anything else. */
export function tryBytes(value: unknown): number | undefined {
  return typeof value === 'number' || typeof value === 'string'
    ? tryRead(() => parseBytes(value))
    : undefined;
}

/** What is wrong with the codes that are healthy. */
export function codesFault(value: unknown): string | undefined {
  const isList = Array.isArray(value) && value.length >= 1 && value.length <= MAX_CODES;
  if (isList && value.every((code) => tryCodes(code) !== undefined)) return undefined;
  return `must be a list of 1 to ${MAX_CODES} codes from 100 to 599, or ranges of them, such as [204, "200-299"]`;
}

/** Reads `204`, `"204"` or `"200-299"`; `undefined` for anything else. */
export function tryCodes(code: unknown): CodeRange | undefined {
  const text = typeof code === 'number' ? String(code) : code;
  const match = typeof text === 'string' ? /^(\d{3})(?:-(\d{3}))?$/.exec(text) : null;
  if (!match) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first >= 100 && last <= 599 && first <= last ? { first, last } : undefined;
}

/** What is wrong with a JSON Pointer (RFC 6901 section 3). */
export function pointerFault(value: unknown): string | undefined {
  const isPointer = typeof value === 'string' && value.length <= 256 && /^(\/([^~]|~[01])*)?$/s.test(value);
  return isPointer ? undefined : 'must be a JSON Pointer such as "/status", of at most 256 characters';
}

/** Codes as `tryCodes` reads them. */
export function codesBody({ first, last }: CodeRange): string | number {
  return first === last ? first : `${first}-${last}`;
}

/**
 * Headers that were read; what is redacted says what it said before. @param known what the check looked at so far
 * @throws VitalsError `request-invalid` for a header that is to go on saying what nobody knows
 */
export function headersOf(
  headers: Readonly<Record<string, string>>,
  known: HttpTarget | undefined,
  isSameServer: boolean,
): Readonly<Record<string, string>> {
  const faults: FieldFault[] = [];
  const entries = Object.entries(headers).map(([name, value]) => {
    if (value !== REDACTED) return [name, value];
    const before =
      known && Object.entries(known.headers).find(([one]) => one.toLowerCase() === name.toLowerCase());
    const pointer = pointerTo('/http/headers', name);
    if (!before)
      faults.push({ pointer, detail: `${REDACTED} stands for nothing here: the check has no such header` });
    // a secret must not go to another host than it was given for
    else if (!isSameServer)
      faults.push({ pointer, detail: 'must be given again: the url leads to another server' });
    return [name, before?.[1] ?? value];
  });
  if (faults.length > 0) throw invalid(faults);
  return Object.fromEntries(entries) as Record<string, string>;
}
