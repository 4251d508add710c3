import { canParseUrl } from './can-parse-url.js';

/** An IPv6 address as far as its characters tell, and its zone (RFC 4007 section 11). */
const IPV6 = /^([\da-f:.]+)(?:%[\da-z.:-]+)?$/;

const LOOPBACK_IPV4 = /^127(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/**
 * The one form of a name or an address without brackets, for comparisons: in lower case, IPv6 as RFC 5952 has it and
 * without its zone, and an IPv4 address that is mapped to IPv6 (`::ffff:0:0/96`) as IPv4.
 */
export function canonicalHost(given: string): string {
  const text = given.toLowerCase();
  const url = `http://[${IPV6.exec(text)?.[1] ?? ''}]`;
  if (!canParseUrl(url)) return text;
  const address = new URL(url).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

/** Whether a name means this machine whatever DNS says: RFC 6761 section 6.3. */
export function isLocalhostName(name: string): boolean {
  return /^(?:[\w.-]+\.)?localhost\.?$/i.test(name);
}

/** Whether a name, or an address without brackets, is that of this machine alone. */
export function isLoopback(given: string): boolean {
  const host = canonicalHost(given);
  return host === 'localhost' || host === '::1' || LOOPBACK_IPV4.test(host);
}
