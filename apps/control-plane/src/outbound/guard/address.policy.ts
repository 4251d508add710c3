import { IPV4_MAPPED, parseIpAddress } from '@vitals/core/check';

const ADDRESS_BITS = 128;
const IPV4_BITS = 32;

/** The addresses that share a prefix. A range of IPv4 also covers the IPv4-mapped IPv6 spelling of its addresses. */
class AddressRange {
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
    const longest = text.includes(':') ? ADDRESS_BITS : IPV4_BITS;
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

/** Addresses that are not public, and what they are, as in "10.0.0.1 is a private address". */
function named(name: string, ...cidrs: readonly string[]) {
  return cidrs.map((cidr) => ({ name, range: AddressRange.parse(cidr) }));
}

/**
 * What hands out credentials or configuration to whoever asks from inside a cloud, and link-local addresses, where
 * the same services live. An exception for one of these ranges must lie within it: 0.0.0.0/0 is none for them.
 */
const GUARDED_RANGES = [
  ...named(
    'a metadata address',
    '169.254.169.254/32', // most clouds
    '169.254.170.2/32', // Amazon ECS
    '169.254.170.23/32', // Amazon EKS
    '168.63.129.16/32', // Azure
    '100.100.100.200/32', // Alibaba Cloud
    '192.0.0.192/32', // Oracle Cloud
    'fd00:ec2::254/128', // Amazon EC2
    'fd00:ec2::23/128', // Amazon EKS
    'fd20:ce::254/128', // Google Cloud
    'fd00:42::42/128', // Scaleway
  ),
  ...named('a link-local address', '169.254.0.0/16', 'fe80::/10'),
];

/** Source: the IANA registries of special-purpose addresses (RFC 6890) and of multicast addresses. */
const SPECIAL_RANGES = [
  ...named('a loopback address', '127.0.0.0/8', '::1/128'),
  ...named('an unspecified address', '0.0.0.0/8', '::/128'),
  ...named('a private address', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'),
  ...named('an address of a carrier network', '100.64.0.0/10'),
  ...named('a broadcast address', '255.255.255.255/32'),
  ...named('a multicast address', '224.0.0.0/4', 'ff00::/8'),
  ...named(
    'an address for documentation',
    '192.0.2.0/24',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '2001:db8::/32',
    '3fff::/20',
  ),
  ...named('an address for benchmarks', '198.18.0.0/15', '2001:2::/48'),
  ...named('a reserved address', '192.0.0.0/24', '192.88.99.0/24', '240.0.0.0/4', '2001::/23'),
];

/** All of IPv6 that is handed out for public use: RFC 4291 section 2.4. */
const PUBLIC_IPV6 = AddressRange.parse('2000::/3');

/** All of IPv4, as IPv4-mapped IPv6 addresses. */
const IPV4 = AddressRange.parse('0.0.0.0/0');

const low = (address: bigint): bigint => address & 0xffff_ffffn;

/**
 * IPv6 addresses that a router turns into IPv4 addresses, and where those stand in them. NAT64: RFC 6052; 6to4:
 * RFC 3056; Teredo, whose server is in it too: RFC 4380 section 4.
 */
const TUNNELS = [
  { range: AddressRange.parse('64:ff9b::/96'), ipv4Of: (address: bigint) => [low(address)] },
  { range: AddressRange.parse('2002::/16'), ipv4Of: (address: bigint) => [low(address >> 80n)] },
  {
    range: AddressRange.parse('2001::/32'),
    ipv4Of: (address: bigint) => [low(address >> 64n), low(~address)],
  },
];

/** Whether the interface identifier is one of ISATAP, which ends in an IPv4 address: RFC 5214 section 6.1. */
function isIsatap(address: bigint): boolean {
  return (low(address >> 32n) & ~0x0200_0000n) === 0x0000_5efen;
}

interface Denial {
  readonly name: string;
  /** Whether only a range within its own lifts it. */
  readonly isGuarded: boolean;
}

/**
 * Which addresses may be connected to: all public ones, and of the others those of the allow list. Metadata and
 * link-local addresses are allowed only by a range that lies within theirs. An address that carries an IPv4
 * address (IPv4-mapped, NAT64, 6to4, Teredo, ISATAP) is no better than that.
 */
export class AddressPolicy {
  private readonly allowed: readonly AddressRange[];

  /**
   * @param allowCidrs exceptions to the built-in deny list
   * @throws RangeError if one is no CIDR
   */
  constructor(allowCidrs: readonly string[]) {
    this.allowed = allowCidrs.map((cidr) => AddressRange.parse(cidr));
  }

  /**
   * Why an address may not be connected to, as a sentence that names `VITALS_CHECK_ALLOW_CIDRS`; `undefined` if it
   * may be.
   */
  denialOf(text: string): string | undefined {
    const address = parseIpAddress(text);
    if (address === undefined) return `${JSON.stringify(text.slice(0, 64))} is not an IP address`;
    const denial = this.denialOfNumber(address);
    if (denial === undefined) return undefined;
    const remedy = denial.isGuarded
      ? 'unless VITALS_CHECK_ALLOW_CIDRS lists it itself'
      : `unless VITALS_CHECK_ALLOW_CIDRS lists it, as ${text}/${text.includes(':') ? 128 : 32} or in a range`;
    return `${text} is ${denial.name}, where checks may not connect ${remedy}`;
  }

  private denialOfNumber(address: bigint): Denial | undefined {
    const guarded = GUARDED_RANGES.find(({ range }) => range.contains(address));
    if (guarded) {
      const isMeant = this.allowed.some((each) => each.contains(address) && each.isWithin(guarded.range));
      return isMeant ? undefined : { name: guarded.name, isGuarded: true };
    }
    const tunnel = TUNNELS.find(({ range }) => range.contains(address));
    const carried = tunnel?.ipv4Of(address) ?? (isIsatap(address) ? [low(address)] : []);
    const denial = this.denialOfCarried(carried);
    if (denial?.isGuarded) return denial;
    if (this.allowed.some((range) => range.contains(address))) return undefined;
    if (denial || tunnel) return denial;
    const special = SPECIAL_RANGES.find(({ range }) => range.contains(address));
    if (special) return { name: special.name, isGuarded: false };
    if (IPV4.contains(address) || PUBLIC_IPV6.contains(address)) return undefined;
    return { name: 'a reserved address', isGuarded: false };
  }

  private denialOfCarried(ipv4s: readonly bigint[]): Denial | undefined {
    const denials = ipv4s.flatMap((ipv4) => this.denialOfNumber(IPV4_MAPPED | ipv4) ?? []);
    const worst = denials.find(({ isGuarded }) => isGuarded) ?? denials[0];
    return worst && { ...worst, name: `a way to ${worst.name}` };
  }
}
