import { canParseUrl } from '../../can-parse-url.js';
import { isIpv4, parseIpAddress } from './ip-address.js';

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
  const digits = parseIpAddress(address)?.toString(16).padStart(32, '0');
  return digits && `${digits.split('').toReversed().join('.')}.ip6.arpa`;
}

function asciiOf(text: string): string | undefined {
  // a URL would decode or cut these
  if (/[\s/\\?#@%:[\]]/.test(text) || !canParseUrl(`http://${text}`)) return undefined;
  return new URL(`http://${text}`).hostname;
}
