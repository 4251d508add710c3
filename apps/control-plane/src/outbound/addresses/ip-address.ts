import { isIPv4, isIPv6 } from 'node:net';

/** The high 96 bits of an IPv4-mapped IPv6 address: RFC 4291 section 2.5.5.2. */
export const MAPPED_PREFIX = 0xffffn;

const BITS_PER_GROUP = 16n;
const GROUPS = 8;

/**
 * An IP address as a number of 128 bits. An IPv4 address is the number of its IPv4-mapped IPv6 address, so that
 * both spellings are one address. `undefined` for what is no address, a zone (`fe80::1%eth0`) included.
 */
export function parseIpAddress(text: string): bigint | undefined {
  if (isIPv4(text)) return (MAPPED_PREFIX << 32n) | parseIpv4(text);
  return isIPv6(text) && !text.includes('%') ? parseIpv6(text) : undefined;
}

function parseIpv4(text: string): bigint {
  return text.split('.').reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

/** The dotted tail stands for two groups; `::` for as many as are missing. */
function parseIpv6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const missing = tail === undefined ? 0 : GROUPS - before.length - after.length;
  const groups = [...before, ...Array.from({ length: missing }, () => 0n), ...after];
  return groups.reduce((value, group) => (value << BITS_PER_GROUP) | group, 0n);
}

function groupsOf(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const ipv4 = parseIpv4(group);
    return [ipv4 >> BITS_PER_GROUP, ipv4 & 0xffffn];
  });
}
