import { canParseUrl } from '../../can-parse-url.js';

/** What an IPv4-mapped IPv6 address has above its IPv4 address: RFC 4291 section 2.5.5.2. */
export const IPV4_MAPPED = 0xffff_0000_0000n;

const GROUPS = 8;

/** Whether a text is an IPv4 address in four decimal parts, and no other spelling. */
export function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}

/** An IPv6 address in lower case with its longest run of zeros left out (RFC 5952); `undefined` for what is none. */
export function canonicalIpv6(text: string): string | undefined {
  const url = `http://[${text}]/`;
  return /^[\da-f:.]+$/i.test(text) && canParseUrl(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

/**
 * An IP address as a number of 128 bits. An IPv4 address is the number of its IPv4-mapped IPv6 address, so that
 * both spellings are one address. `undefined` for what is no address, a zone (`fe80::1%eth0`) included.
 */
export function parseIpAddress(text: string): bigint | undefined {
  if (isIpv4(text))
    return text.split('.').reduce((value, octet) => (value << 8n) | BigInt(octet), IPV4_MAPPED >> 32n);
  const [before = [], after] =
    canonicalIpv6(text)
      ?.split('::')
      .map((part) => (part ? part.split(':') : [])) ?? [];
  if (before.length === 0 && after === undefined) return undefined;
  const zeros = Array.from({ length: GROUPS - before.length - (after?.length ?? 0) }, () => '0');
  const groups = [...before, ...zeros, ...(after ?? [])];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
