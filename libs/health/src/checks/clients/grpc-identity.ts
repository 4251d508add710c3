import { isIP, isIPv6 } from 'node:net';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { authorityOf, tlsIdentityOf } from '@vitals/core/check';

/** `host:port` with nothing else, an IPv6 address in brackets. */
const PLACE = /^(?:\[([\da-f:.]+)\]|([^:/[\]]+)):(\d+)$/i;

type Options = Readonly<Record<string, string | number>>;

/**
 * The options by which @grpc/grpc-js names the server of a plain `host:port` as the standards have it: `:authority` in
 * its normal form, the name of SNI without the dot at its end (RFC 6066 section 3). None for other targets, whose
 * resolvers know what they are called.
 */
export function identityOptions(address: string, isSecure: boolean): Options {
  const [, literal, given, port] = PLACE.exec(address) ?? [];
  const host = literal ?? given;
  if (host === undefined) return {};
  const { hostname } = new URL(`http://${literal === undefined ? host : `[${literal}]`}`);
  const authority = authorityOf(isSecure ? 'https' : 'http', hostname, Number(port));
  const { serverName } = tlsIdentityOf(hostname);
  return {
    'grpc.default_authority': authority,
    ...(isSecure && serverName !== '' && { 'grpc.ssl_target_name_override': serverName }),
  };
}

/** An IPv6 address without brackets, with a port behind it or none: nobody can tell where it ends. */
export function isBareIpv6(address: string): boolean {
  return isIPv6(address) || isIPv6(address.replace(/:\d+$/, ''));
}

/**
 * Credentials that ask for names alone by SNI: @grpc/grpc-js 1.14 asks for IP addresses too, which RFC 6066 section 3
 * forbids and strict servers refuse. The certificate is still compared with the address.
 */
export function askingForNamesOnly(given: ChannelCredentials): ChannelCredentials {
  const asking = Object.create(given) as ChannelCredentials;
  asking._createSecureConnector = (...args) => {
    const connector = given._createSecureConnector(...args);
    const { connectionOptions } = connector as { connectionOptions?: { servername?: string } };
    if (connectionOptions && isIP(connectionOptions.servername ?? '') !== 0)
      connectionOptions.servername = '';
    return connector;
  };
  return asking;
}
