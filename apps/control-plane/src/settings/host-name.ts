import { isIP, isIPv6 } from 'node:net';
import { canParseUrl } from '@vitals/core/check';

const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/**
 * The one form of a name or an address without brackets, for comparisons: in lower case, IPv6 as RFC 5952 has it and
 * without its zone, and an IPv4 address that is mapped to IPv6 (`::ffff:0:0/96`) as IPv4.
 */
export function canonicalHost(given: string): string {
  const text = given.toLowerCase();
  const url = `http://[${text.replace(/%.*/s, '')}]`;
  if (!isIPv6(text) || !canParseUrl(url)) return text;
  const address = new URL(url).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

/** Whether a name, or an address without brackets, is that of this machine alone. */
export function isLoopback(given: string): boolean {
  const host = canonicalHost(given);
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
