import { canonicalIpv6, isIpv4 } from '../dns/ip-address.js';

/** Where one instance of a service is reached. */
export interface InstancePlace {
  readonly serviceId: string;
  readonly tag?: string;
  readonly protocol: string;
  /** A host name, an IPv4 or an IPv6 address without brackets. */
  readonly address: string;
  readonly port: number;
}

/** Where an instance is reached, and nothing else of it. */
export function placeOf({ serviceId, tag, protocol, address, port }: InstancePlace): InstancePlace {
  return { serviceId, ...(tag !== undefined && { tag }), protocol, address, port };
}

/**
 * What ids and tags of services are made of: what needs no encoding in a path, a query or an id (the unreserved
 * characters of RFC 3986), so that no two spellings mean one service, and no service can pass for another.
 */
export const SERVICE_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,252}$/;

/** A scheme as RFC 3986 has it, in either case. */
export const PROTOCOL = /^[A-Za-z][A-Za-z0-9+.-]{0,31}$/;

/** Labels as DNS has them (RFC 1123), and "_", which container platforms put into names. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** What resolvers take for an IPv4 address in another form: decimal, octal, hexadecimal, with fewer parts. */
const ENDS_IN_NUMBER = /(^|\.)(\d+|0x[\da-f]*)$/;

/** The longest id that any instance can have, and some room for other spellings of its address. */
const MAX_ID = 1_024;

/** What an id says of an instance; stock clients leave the protocol out of the ids of their heartbeats. */
export type CheckIdReading = Omit<InstancePlace, 'protocol'> & { readonly protocol: string | undefined };

/** The group of an instance, which subscribers and lookups name: `serviceId`, or `serviceId|tag`. */
export function groupOf({ serviceId, tag }: Pick<InstancePlace, 'serviceId' | 'tag'>): string {
  return tag === undefined ? serviceId : `${serviceId}|${tag}`;
}

/** The id of the check of an instance: `serviceId:protocol:address:port`, or `serviceId|tag:protocol:address:port`. */
export function checkIdOf(place: InstancePlace): string {
  return `${groupOf(place)}:${place.protocol}:${place.address}:${place.port}`;
}

/** The same id without the protocol. */
export function shortIdOf(place: Omit<InstancePlace, 'protocol'>): string {
  return `${groupOf(place)}:${place.address}:${place.port}`;
}

/**
 * Reads an id. The port is what follows the last colon and the address, with or without brackets, is what lies
 * before it, so that the colons of IPv6 part nothing. An IPv6 address can begin with what may be a protocol: then
 * there are two readings, the one with a protocol first. Empty for what can be no id.
 */
export function readCheckId(id: string): CheckIdReading[] {
  if (id.length > MAX_ID) return [];
  const match = /^([^|:]+)(?:\|([^|:]+))?:(.+):(\d{1,5})$/s.exec(id);
  const [serviceId = '', tag, place = '', digits] = match?.slice(1) ?? [];
  const port = Number(digits);
  if (
    !SERVICE_ID.test(serviceId) ||
    (tag !== undefined && !SERVICE_ID.test(tag)) ||
    port < 1 ||
    port > 65_535
  )
    return [];
  const group = { serviceId, ...(tag !== undefined && { tag }) };
  return placesIn(place).map((reading) => ({ ...group, ...reading, port }));
}

function placesIn(place: string): Pick<CheckIdReading, 'protocol' | 'address'>[] {
  const colon = place.indexOf(':');
  const protocol = colon > 0 ? place.slice(0, colon) : '';
  const after = PROTOCOL.test(protocol) ? canonicalAddress(place.slice(colon + 1)) : undefined;
  const whole = canonicalAddress(place);
  return [
    ...(after === undefined ? [] : [{ protocol: protocol.toLowerCase(), address: after }]),
    ...(whole === undefined ? [] : [{ protocol: undefined, address: whole }]),
  ];
}

/**
 * The one form of an address: a host name in lower case, an IPv4 address in four decimal parts, an IPv6 address
 * as RFC 5952 writes it, without brackets. `undefined` for what is none of these, or has a zone.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIpv4(text)) return text;
  const ipv6 = canonicalIpv6(text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text);
  if (ipv6 !== undefined) return ipv6;
  const name = text.toLowerCase();
  return HOST_NAME.test(name) && !ENDS_IN_NUMBER.test(name) ? name : undefined;
}
