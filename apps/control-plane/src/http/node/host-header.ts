import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { canonicalHost } from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';

/** Whom a request is for: the header `Host`, or the authority of its target (RFC 9110 section 7.2). */
export interface Authority {
  /** As `canonicalHost` has it: without brackets, and without the dot that may end it. */
  readonly name: string;
  readonly port: number | undefined;
}

/** A name, of those that RFC 3986 allows without the delimiters that no name has, or an IPv6 address, which may have a zone; then a port. */
const AUTHORITY = /^(?:\[([0-9a-f:.]+)(?:%[a-z0-9._~%-]+)?\]|([a-z0-9._~%-]+))(?::(\d{0,5}))?$/i;
/** A target with scheme and authority, as proxies send it (RFC 9112 section 3.2.2). */
const ABSOLUTE_FORM = /^(https?):\/\/([^/?#]*)/i;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };
const SLASH = 47;

/** Values that were read before: a control plane has few names, and each request brings one. */
const known = new Map<string, Authority>();
const MAX_KNOWN = 256;

/** Reads a value of `Host`; `undefined` if it is not a valid one. */
export function readAuthority(text: string): Authority | undefined {
  const before = known.get(text);
  if (before) return before;
  const [, address, name, digits] = AUTHORITY.exec(text) ?? [];
  const port = digits ? Number(digits) : undefined;
  const isValid = address === undefined ? name !== undefined : isIP(address) === 6;
  if (!isValid || (port !== undefined && port > 65_535)) return undefined;
  const authority = { name: canonicalHost((address ?? name) as string).replace(/\.$/, ''), port };
  if (known.size < MAX_KNOWN) known.set(text, authority);
  return authority;
}

/**
 * Makes sure that a request says once for whom it is, and leaves only the path in its `url`. Two answers to that
 * question would let a proxy in front and this process understand different ones.
 * @throws VitalsError `request-malformed`
 */
export function settleAuthority(request: IncomingMessage): void {
  const { host } = request.headers;
  const url = request.url as string;
  if (host === undefined) {
    if (request.httpVersionMinor > 0) throw malformed('a request of HTTP/1.1 needs the header Host');
  } else {
    if (countHosts(request.rawHeaders) > 1) throw malformed('the header Host may be there once');
    if (!readAuthority(host))
      throw malformed('the header Host must be one name or address, and may have a port: "localhost:3000"');
  }
  if (url.charCodeAt(0) === SLASH) return;
  const [start = '', scheme = '', authority = ''] = ABSOLUTE_FORM.exec(url) ?? [];
  if (start === '') return;
  if (!isSame(authority, host ?? authority, scheme.toLowerCase()))
    throw malformed('the header Host must be the one of the target');
  request.headers.host = authority;
  request.url = url.slice(start.length) || '/';
}

/** Node keeps the first of several. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}

function isSame(one: string, other: string, scheme: string): boolean {
  const [a, b] = [readAuthority(one), readAuthority(other)];
  if (!a || !b) return false;
  const standard = DEFAULT_PORTS[scheme];
  return a.name === b.name && (a.port ?? standard) === (b.port ?? standard);
}

function malformed(detail: string): VitalsError {
  return new VitalsError('request-malformed', detail);
}
