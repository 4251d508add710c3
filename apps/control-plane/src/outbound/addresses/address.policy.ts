import { AddressRange } from './address-range.js';
import { MAPPED_PREFIX, parseIpAddress } from './ip-address.js';
import { GUARDED_RANGES, IPV4, isIsatap, PUBLIC_IPV6, SPECIAL_RANGES, TUNNELS } from './special-ranges.js';

const LOW_32_BITS = 0xffff_ffffn;

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
    const carried = tunnel?.ipv4Of(address) ?? (isIsatap(address) ? [address & LOW_32_BITS] : []);
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
    const denials = ipv4s.flatMap((ipv4) => this.denialOfNumber((MAPPED_PREFIX << 32n) | ipv4) ?? []);
    const worst = denials.find(({ isGuarded }) => isGuarded) ?? denials[0];
    return worst && { ...worst, name: `a way to ${worst.name}` };
  }
}
