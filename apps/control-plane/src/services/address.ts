import { isIPv4, isIPv6 } from 'node:net';

/** Labels as DNS has them (RFC 1123), and "_", which container platforms put into names. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** What resolvers take for an IPv4 address in another form: decimal, octal, hexadecimal, with fewer parts. */
const ENDS_IN_NUMBER = /(^|\.)(\d+|0x[\da-f]*)$/;

/**
 * The one form of an address: a host name in lower case, an IPv4 address in four decimal parts, an IPv6 address
 * as RFC 5952 writes it, without brackets. `undefined` for what is none of these, or has a zone.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const inner = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (isIPv6(inner))
    return inner.includes('%') ? undefined : new URL(`http://[${inner}]`).hostname.slice(1, -1);
  const name = text.toLowerCase();
  return HOST_NAME.test(name) && !ENDS_IN_NUMBER.test(name) ? name : undefined;
}

/** An address as it stands in a URL: IPv6 in brackets. */
export function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
