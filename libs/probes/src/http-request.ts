import { authorityOf, canParseUrl, type HttpMethod, type HttpTarget } from '@vitals/core/check';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { type Destination, type TlsDemand, tlsPrint } from './connector.js';
import { hostText } from './host.js';

/** Methods that may be sent again when no answer came: RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Methods that say how long their content is, also where they have none: RFC 9110 section 8.6. */
const WITH_CONTENT: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Who asks, if the target does not say otherwise. */
const USER_AGENT = 'vitals-check';

/** A request, and where it is sent. */
export interface HttpQuestion {
  readonly destination: Destination;
  readonly method: HttpMethod;
  /** All of it, as it is sent. */
  readonly bytes: Buffer;
}

/** A target in the form in which it is sent. */
export interface HttpRequest extends HttpQuestion {
  /** Requests with the same key may share a connection. */
  readonly key: string;
  readonly isIdempotent: boolean;
}

const known = new WeakMap<HttpTarget, HttpRequest>();

/**
 * Reads a target that `TargetPolicy` did not refuse; the same object is read once. Connections are shared by origin,
 * never between verified and unverified TLS, different authorities, names or certificates of TLS, nor between different
 * `host` headers, which name the virtual server.
 */
export function requestOf(target: HttpTarget): HttpRequest {
  const before = known.get(target);
  if (before) return before;
  const request = read(target);
  known.set(target, request);
  return request;
}

function read(target: HttpTarget): HttpRequest {
  const { url, method, headers, body, tlsSkipVerify, serverName } = target;
  const parsed = new URL(url);
  const { isSecure, port } = originOf(parsed);
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const isIdempotent = IDEMPOTENT.has(method);
  const fields: (readonly [string, string])[] = [
    [
      'host',
      isSecure && serverName !== undefined ? authorityOf('https', hostText(serverName), port) : parsed.host,
    ],
    // the connection of a request that must not be sent twice is not used for another one
    ['connection', isIdempotent ? 'keep-alive' : 'close'],
    ['accept', '*/*'],
    ['user-agent', USER_AGENT],
    ...given,
  ];
  const called = new Map(fields).get('host') ?? '';
  return {
    ...questionOf(method, parsed, fields, { ...target, verify: !tlsSkipVerify }, body),
    key: `${parsed.origin} ${isSecure && tlsSkipVerify ? 'any' : 'verified'} ${called} ${tlsPrint(target)}`,
    isIdempotent,
  };
}

/**
 * A request of these fields, of which the last of a name counts; how long its content is is added.
 * @param tls how a server of https is verified
 * @throws TypeError for a field that would begin a line of its own
 */
export function questionOf(
  method: HttpMethod,
  url: URL,
  fields: readonly (readonly [name: string, value: string])[],
  tls: TlsDemand,
  body?: string,
): HttpQuestion {
  const { isSecure, host, port } = originOf(url);
  const content = Buffer.from(body ?? '');
  const sent = new Map(fields);
  if (body !== undefined || WITH_CONTENT.has(method)) sent.set('content-length', String(content.length));
  return {
    destination: { host, port, ...(isSecure && { tls: { ...tls, protocols: ['http/1.1'] } }) },
    method,
    bytes: Buffer.concat([headOf(method, url, sent), content]),
  };
}

/** Where an HTTP server is, of its URL. */
function originOf({ protocol, hostname, port }: URL) {
  const isSecure = protocol === 'https:';
  return { isSecure, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (isSecure ? 443 : 80)) };
}

function headOf(method: HttpMethod, url: URL, fields: ReadonlyMap<string, string>): Buffer {
  const lines = [...fields].map(([name, value]) => {
    if (!isHeader(name, value)) throw new TypeError(`${name} is not a header that HTTP allows`);
    return `${name}: ${value}\r\n`;
  });
  return Buffer.from(`${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}

/** Headers that belong to the connection, not to the user (RFC 9110 section 7.6.1), or say where the request ends. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Whether a header belongs to the connection, so that a check may not set it. */
export function isConnectionHeader(name: string): boolean {
  return CONNECTION_HEADERS.has(name.toLowerCase());
}

/** Whether HTTP allows a header: no line can begin in it. */
export function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Why a text is not the URL of an HTTP server without credentials; whoever asks puts it into words. */
export type UrlFault = 'not a URL' | 'another protocol' | 'credentials';

/** The URL, or what is wrong with it. */
export function readHttpUrl(text: string): URL | UrlFault {
  if (!canParseUrl(text)) return 'not a URL';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'another protocol';
  return url.username || url.password ? 'credentials' : url;
}
