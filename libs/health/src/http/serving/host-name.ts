import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** The host of a request target in absolute form (RFC 9112 section 3.2.2). */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/**
 * Whether a request names its host by an IP address or a loopback name (RFC 6761 section 6.3), or not at all. Any other
 * name may be one that somebody's DNS server points at this machine, for a page to read its answers (DNS rebinding).
 */
export function isHostOfMachine({ headers, url }: Pick<IncomingMessage, 'headers' | 'url'>): boolean {
  const inTarget = ABSOLUTE_FORM.exec(url ?? '')?.[1];
  const authority = headers[':authority']; // of HTTP/2
  return [inTarget, headers.host, authority].every((host) => typeof host !== 'string' || isOfMachine(host));
}

function isOfMachine(host: string): boolean {
  const name = host.replace(/:\d*$/, '').toLowerCase();
  if (isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0) return true;
  return /^(?:[\w.-]+\.)?localhost\.?$/.test(name);
}
