import { authorityOf, type HttpTarget } from '@vitals/core/probe';
import type { Dispatcher } from 'undici';
import type { Destination } from '../../guard/guarded.connector.js';
import { hostText } from '../../guard/host.js';
import { demandOf, tlsPrint } from '../../guard/tls-demand.js';

/** Methods that may be sent again when no answer came: RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Who asks, if the target does not say otherwise. */
const USER_AGENT = 'vitals-check';

/** A target in the form in which it is sent. */
export interface HttpRequest {
  readonly origin: string;
  readonly destination: Destination;
  /** Requests with the same key may share a connection. */
  readonly key: string;
  readonly isIdempotent: boolean;
  readonly options: Dispatcher.DispatchOptions;
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
  const { protocol, hostname, port, origin, pathname, search } = new URL(url);
  const isSecure = protocol === 'https:';
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const usualPort = isSecure ? 443 : 80;
  const named =
    isSecure && serverName !== undefined
      ? [['host', calledOf(serverName, Number(port || usualPort))] as const]
      : [];
  const sent = new Map([['accept', '*/*'], ['user-agent', USER_AGENT], ...named, ...given]);
  const host = hostname.replace(/^\[|\]$/g, '');
  const tls = demandOf(target, { verify: !tlsSkipVerify, protocols: ['http/1.1'] });
  const isIdempotent = IDEMPOTENT.has(method);
  return {
    origin,
    destination: { host, port: Number(port || usualPort), ...(isSecure ? { tls } : {}) },
    key: `${origin} ${isSecure && tlsSkipVerify ? 'any' : 'verified'} ${sent.get('host') ?? ''} ${tlsPrint(target)}`,
    isIdempotent,
    options: {
      method,
      path: pathname + search,
      headers: [...sent].flat(),
      // the connection of a request that must not be sent twice is not used for another one
      ...(isIdempotent ? {} : { reset: true }),
      ...(body === undefined ? {} : { body }),
    },
  };
}

/** The `host` of a server that is meant by another name than that of the URL. */
function calledOf(serverName: string, port: number): string {
  return authorityOf('https', hostText(serverName), port);
}
