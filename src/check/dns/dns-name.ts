import { canParseUrl } from '../can-parse-url.js';

/** The longest name, without the dot at its end: RFC 1035 section 3.1. */
const MAX_NAME = 253;

/** The labels of names that are in use: services and keys begin with "_", reverse delegations have "/" (RFC 2317). */
const NAME = /^[a-z0-9_*/-]{1,63}(\.[a-z0-9_*/-]{1,63})*$/;

/**
 * The one form of a name: in lower case, without the dot at its end, other scripts in their ASCII form; the root is
 * ".". `undefined` for what is none.
 */
export function canonicalName(text: string): string | undefined {
  if (text === '.' || text === '') return '.';
  const ascii = /^[\x21-\x7e]+$/.test(text) ? text : asciiOf(text);
  const name = ascii?.toLowerCase().replace(/\.$/, '');
  return name !== undefined && name.length <= MAX_NAME && NAME.test(name) ? name : undefined;
}

/** The name under which DNS keeps what an address is called: RFC 1035 section 3.5, RFC 3596 section 2.5. */
export function reverseName(address: string): string | undefined {
  if (isIpv4(address)) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  const canonical = canonicalIpv6(address);
  if (canonical === undefined) return undefined;
  const [head = '', tail] = canonical.split('::');
  const groups = (part: string | undefined): string[] => (part ? part.split(':') : []);
  const [first, last] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const digits = [...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join('');
  return `${digits.split('').toReversed().join('.')}.ip6.arpa`;
}

/** Whether a text is an IPv4 address in four decimal parts, and no other spelling. */
export function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}

/** An IPv6 address in lower case with its longest run of zeros left out (RFC 5952); `undefined` for what is none. */
export function canonicalIpv6(text: string): string | undefined {
  const url = `http://[${text}]/`;
  return /^[\da-f:.]+$/i.test(text) && canParseUrl(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

function asciiOf(text: string): string | undefined {
  // a URL would decode or cut these
  if (/[\s/\\?#@%:[\]]/.test(text) || !canParseUrl(`http://${text}`)) return undefined;
  return new URL(`http://${text}`).hostname;
}
