import { bracketed } from '../place.js';
import { isIpv4 } from './dns/ip-address.js';

/** The port that a scheme stands for where none is said: RFC 9110 sections 4.2.1 and 4.2.2. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** A place in words: `shop.example:443`, `192.0.2.1:443`, `[2001:db8::1]:443`. */
export function placeText(host: string, port: number): string {
  return `${bracketed(host)}:${port}`;
}

/**
 * What a client names as the server that it asks: `Host` of HTTP/1.1 (RFC 9110 section 7.2), `:authority` of HTTP/2
 * (RFC 9113 section 8.3.1). A port that the scheme stands for is left out, as the URL's normal form does (RFC 9110
 * section 4.2.3). A name keeps the dot at its end.
 * @param host a name, an IPv4 or an IPv6 address, with brackets or without
 */
export function authorityOf(scheme: 'http' | 'https', host: string, port: number): string {
  return port === DEFAULT_PORTS[scheme] ? bracketed(host) : placeText(host, port);
}

/** What a server is called in TLS. */
export interface TlsIdentity {
  /** The name, or the address without brackets, that the certificate has to be for (RFC 9110 section 4.3.5). */
  readonly identity: string;
  /**
   * What `server_name` may ask for: a name without the dot at its end (RFC 6066 section 3). Empty for an address, which
   * `node:tls` takes for "ask for nothing".
   */
  readonly serverName: string;
}

/** What a host is called in TLS. @param host a name, an IPv4 or an IPv6 address, with brackets or without */
export function tlsIdentityOf(host: string): TlsIdentity {
  const address = host.replace(/^\[|\]$/g, '');
  if (address.includes(':') || isIpv4(address)) return { identity: address, serverName: '' };
  const name = host.replace(/\.$/, '').toLowerCase();
  return { identity: name, serverName: name };
}
