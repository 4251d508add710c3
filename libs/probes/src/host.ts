import { canParseUrl, isLocalhostName } from '@vitals/core/check';
import { isIP, isIPv6 } from 'node:net';

/** The longest name that DNS has, with a dot at its end: RFC 1035 section 3.1. */
const MAX_NAME = 254;

/** A host as it is connected to: an address without brackets, or a name in lower case. */
export interface Host {
  readonly text: string;
  readonly isAddress: boolean;
}

/**
 * The host that a user means, as the WHATWG URL standard reads it: `0x7f.1`, `2130706433` and `127.1` are 127.0.0.1,
 * and a name in another script is in its ASCII form. An IPv6 address may have brackets. `undefined` for what is no
 * host, such as one with a zone, a port or a path.
 */
export function parseHost(given: string): Host | undefined {
  const text = isIPv6(given) ? `[${given}]` : given;
  if (text === '' || /[\s/\\?#@%]/.test(text) || (text.includes(':') && !text.startsWith('[')))
    return undefined;
  return canParseUrl(`http://${text}`) ? hostOfUrl(new URL(`http://${text}`)) : undefined;
}

/** The one form of a host; what is none stays as it is. */
export function hostText(given: string): string {
  return parseHost(given)?.text ?? given;
}

/** The host of a URL of a special scheme, which its parser has normalised. */
export function hostOfUrl({ hostname }: URL): Host | undefined {
  const text = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  if (isIP(text) !== 0) return { text, isAddress: true };
  const isName = text.length <= MAX_NAME && /^([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?$/.test(text);
  return isName ? { text, isAddress: false } : undefined;
}

/** As `isLocalhostName`, of a host that was read. */
export function isLocalhost({ text }: Host): boolean {
  return isLocalhostName(text);
}
