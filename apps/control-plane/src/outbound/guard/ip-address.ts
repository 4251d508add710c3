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

const ADDRESS_BITS = 128;
const IPV4_BITS = 32;

/** The addresses that share a prefix. A range of IPv4 also covers the IPv4-mapped IPv6 spelling of its addresses. */
export class AddressRange {
  private constructor(
    private readonly prefix: bigint,
    private readonly freeBits: bigint,
  ) {}

  /**
   * Reads CIDR notation; bits behind the prefix are ignored.
   * @throws RangeError if it is none
   */
  static parse(cidr: string): AddressRange {
    const [text = '', length = ''] = cidr.split('/');
    const address = parseIpAddress(text);
    const longest = isIPv4(text) ? IPV4_BITS : ADDRESS_BITS;
    if (address === undefined || !/^\d{1,3}$/.test(length) || Number(length) > longest)
      throw new RangeError(`${JSON.stringify(cidr)} is not a valid CIDR; use one such as 10.0.0.0/8`);
    const freeBits = BigInt(longest - Number(length));
    return new AddressRange(address >> freeBits, freeBits);
  }

  contains(address: bigint): boolean {
    return address >> this.freeBits === this.prefix;
  }

  /** Whether every address of this range is one of `other`. */
  isWithin(other: AddressRange): boolean {
    return this.freeBits <= other.freeBits && other.contains(this.prefix << this.freeBits);
  }
}
