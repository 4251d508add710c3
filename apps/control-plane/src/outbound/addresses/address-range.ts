import { isIPv4 } from 'node:net';
import { parseIpAddress } from './ip-address.js';

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
