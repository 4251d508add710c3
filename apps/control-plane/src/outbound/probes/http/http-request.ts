import { authorityOf, type HttpMethod, type HttpTarget } from '@vitals/core/check';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Destination } from '../../guard/guarded.connector.js';
import { hostText } from '../../guard/host.js';
import { demandOf, tlsPrint } from '../../guard/tls-demand.js';

/** Methods that may be sent again when no answer came: RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Methods that say how long their content is, also where they have none: RFC 9110 section 8.6. */
const WITH_CONTENT: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Who asks, if the target does not say otherwise. */
const USER_AGENT = 'vitals-check';

/** A target in the form in which it is sent. */
export interface HttpRequest {
  readonly destination: Destination;
  /** Requests with the same key may share a connection. */
  readonly key: string;
  readonly method: HttpMethod;
  readonly isIdempotent: boolean;
  /** All of it, as it is sent. */
  readonly bytes: Buffer;
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
  const { protocol, hostname, host: authority, port: givenPort, origin, pathname, search } = new URL(url);
  const isSecure = protocol === 'https:';
  const port = Number(givenPort || (isSecure ? 443 : 80));
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const isIdempotent = IDEMPOTENT.has(method);
  const content = Buffer.from(body ?? '');
  const sent = new Map([
    ['host', isSecure && serverName !== undefined ? calledOf(serverName, port) : authority],
    // the connection of a request that must not be sent twice is not used for another one
    ['connection', isIdempotent ? 'keep-alive' : 'close'],
    ['accept', '*/*'],
    ['user-agent', USER_AGENT],
    ...given,
  ]);
  if (body !== undefined || WITH_CONTENT.has(method)) sent.set('content-length', String(content.length));
  const host = hostname.replace(/^\[|\]$/g, '');
  const tls = demandOf(target, { verify: !tlsSkipVerify, protocols: ['http/1.1'] });
  return {
    destination: { host, port, ...(isSecure ? { tls } : {}) },
    key: `${origin} ${isSecure && tlsSkipVerify ? 'any' : 'verified'} ${sent.get('host') ?? ''} ${tlsPrint(target)}`,
    method,
    isIdempotent,
    bytes: Buffer.concat([Buffer.from(headText(`${method} ${pathname}${search}`, sent), 'latin1'), content]),
  };
}

/** The `host` of a server that is meant by another name than that of the URL. */
function calledOf(serverName: string, port: number): string {
  return authorityOf('https', hostText(serverName), port);
}

/** @throws TypeError for what would begin a line of its own */
function headText(request: string, fields: ReadonlyMap<string, string>): string {
  const lines = [...fields].map(([name, value]) => {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return `${name}: ${value}\r\n`;
  });
  return `${request} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
