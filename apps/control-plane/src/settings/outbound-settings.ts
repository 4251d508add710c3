import { isIP } from 'node:net';
import { listed } from './listed.js';
import { quoted } from './quoted.js';

/** An address that the operator gave: a name, an IPv4 or an IPv6 address without brackets, and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where active checks may connect to, and how it is told that this process has a network at all. */
export interface OutboundSettings {
  /** Exceptions to the built-in deny list, each an address with its prefix length. */
  readonly allowCidrs: readonly string[];
  /** One of these accepts a connection, or no failure is judged; empty: every failure is. */
  readonly connectivity: readonly Endpoint[];
}

/** What checks may reach while everybody who can reach this process may do everything anyway. */
const LOCAL_RANGES: readonly string[] = [
  '127.0.0.0/8',
  '::1/128',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
];

/**
 * Reads `VITALS_CHECK_ALLOW_CIDRS`: addresses and CIDRs, or `none`. Unset stands for loopback and the private
 * ranges while authentication is off, for none while it is on.
 * @throws Error naming what is wrong
 */
export function parseAllowCidrs(text: string, isAuthenticationOn: boolean): readonly string[] {
  if (text === '') return isAuthenticationOn ? [] : LOCAL_RANGES;
  return text.trim() === 'none' ? [] : listed(text).map(parseCidr);
}

/**
 * Reads `VITALS_CHECK_CONNECTIVITY`: `host:port`, an IPv6 address in brackets.
 * @throws Error naming what is wrong
 */
export function parseConnectivity(text: string): readonly Endpoint[] {
  return text === '' ? [] : listed(text).map(parseEndpoint);
}

function parseCidr(text: string): string {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = address.includes('%') ? 0 : isIP(address);
  const longest = family === 4 ? 32 : 128;
  const length = prefix === undefined ? longest : Number(prefix);
  if (family !== 0 && length <= longest) return `${address}/${length}`;
  throw new Error(
    `${quoted(text)} is not a valid address range; use CIDRs with commas between them, such as 10.0.0.0/8,fd00::/8, or none`,
  );
}

function parseEndpoint(text: string): Endpoint {
  const [, bracketed, name, digits] = /^(?:\[([^\]]+)\]|([a-z0-9._-]{1,253})):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  const isHost = name !== undefined || (bracketed !== undefined && isIP(bracketed) === 6);
  if (isHost && port >= 1 && port <= 65_535) return { host: bracketed ?? (name as string), port };
  throw new Error(
    `${quoted(text)} is not host:port; use names or addresses with their ports and commas between them, such as 192.0.2.1:443,[2001:db8::1]:53`,
  );
}
