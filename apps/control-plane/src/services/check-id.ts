import type { ServiceNode } from '../api-docs/schemas/services.js';
import { canonicalAddress } from './address.js';

/**
 * What ids and tags of services are made of: what needs no encoding in a path, a query or an id (the unreserved
 * characters of RFC 3986), so that no two spellings mean one service, and no service can pass for another.
 */
export const SERVICE_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,252}$/;

/** A scheme as RFC 3986 has it, in either case. */
export const PROTOCOL = /^[A-Za-z][A-Za-z0-9+.-]{0,31}$/;

/** The longest id that any node can have, and some room for other spellings of its address. */
const MAX_ID = 1_024;

/** What an id says of a node; stock clients leave the protocol out of the ids of their heartbeats. */
export type CheckIdReading = Omit<ServiceNode, 'protocol'> & { readonly protocol: string | undefined };

/** The group of a node, which subscribers and lookups name: `serviceId`, or `serviceId|tag`. */
export function groupOf({ serviceId, tag }: Pick<ServiceNode, 'serviceId' | 'tag'>): string {
  return tag === undefined ? serviceId : `${serviceId}|${tag}`;
}

/** The id of the check of a node: `serviceId:protocol:address:port`, or `serviceId|tag:protocol:address:port`. */
export function checkIdOf(node: ServiceNode): string {
  return `${groupOf(node)}:${node.protocol}:${node.address}:${node.port}`;
}

/** The same id without the protocol. */
export function shortIdOf(node: Omit<ServiceNode, 'protocol'>): string {
  return `${groupOf(node)}:${node.address}:${node.port}`;
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
  if (!SERVICE_ID.test(serviceId) || (tag !== undefined && !SERVICE_ID.test(tag)) || !isPort(port)) return [];
  const group = { serviceId, ...(tag !== undefined && { tag }) };
  return placesIn(place).map((reading) => ({ ...group, ...reading, port }));
}

/** Whether a number can be the port of a node. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
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
