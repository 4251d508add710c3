import { canonicalAddress, PROTOCOL, SERVICE_ID } from '@vitals/core/check';
import { Type } from 'class-transformer';
import { IsBoolean, IsObject, IsString, Matches, ValidateIf } from 'class-validator';
import { Member, Nested, Part, Pattern, Rule, Text, Whole } from '../http/members.js';
import * as s from '../http/schema.js';

/** The shortest and the longest interval of a check, in milliseconds: a second and a day. */
const MIN_INTERVAL_MS = 1_000;
const MAX_INTERVAL_MS = 86_400_000;
/** The longest time before a critical node is removed, in milliseconds: 30 days, more than an `int` of Java. */
const MAX_REMOVAL_MS = 2_592_000_000;

const OF_INTERVAL = `interval must be whole milliseconds, from ${MIN_INTERVAL_MS} to ${MAX_INTERVAL_MS}`;
const OF_REMOVAL = `deregisterCriticalServiceAfter must be whole milliseconds, from 0 (never) to ${MAX_REMOVAL_MS}`;

/** A path that text can be appended to, and nothing that a client reads differently from a server; empty for a TTL. */
export const HEALTH_PATH = /^(\/[\x21-\x22\x24-\x5b\x5d-\x7e]{0,1023})?$/;
/** What is asked of such a path, for whoever sent another. */
export const OF_HEALTH_PATH =
  'must begin with "/", and have at most 1024 printable ASCII characters, without "#" and "\\"';
const LINE = /^[^\p{Cc}\p{Cs}]*$/u;
const OF_NAME = 'name must be text without control characters';

const OF_ID = 'must be 1 to 253 letters, digits, ".", "_", "~" and "-", and begin with a letter or digit';
const OF_PROTOCOL =
  'must be 1 to 32 letters, digits, "+", "." and "-", and begin with a letter, such as "https"';
const OF_ADDRESS = 'must be a host name, an IPv4 address such as 10.0.0.7, or an IPv6 address without a zone';

/** A member that may be left out, or be `null`: Java's clients write what they have not set. */
export function IfSet(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined && value !== null);
}

/** The same, where empty text is nothing as well. */
function IfNotEmpty(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined && value !== null && value !== '');
}

function ServiceId(): PropertyDecorator {
  return Member('What it is; the nodes of a service share it.', Pattern(SERVICE_ID, OF_ID));
}

function Tag(): PropertyDecorator {
  const said = 'Parts the nodes of a service, by environment for example; empty is none.';
  return Member(said, IfNotEmpty(), Pattern(SERVICE_ID, OF_ID));
}

/** The check of a node, as its clients send it; what else they send is ignored. Durations in milliseconds. */
@Part('The check of a node; further members are ignored.')
export class RegisteredCheckDto {
  @Member(
    'If it is sent, it is `serviceId:protocol:address:port`, after `serviceId` `|tag` for a tag.',
    IfNotEmpty(),
    Text(0, 1_024),
  )
  id?: string | null;

  @Member(
    'Milliseconds from one check to the next; for heartbeats, the longest time between two. Default 10000.',
    IfSet(),
    Whole(MIN_INTERVAL_MS, MAX_INTERVAL_MS, OF_INTERVAL),
  )
  interval?: number | null;

  @Member(
    'Milliseconds of failure after which the node is removed; 0 for never. Default 120000.',
    IfSet(),
    Whole(0, MAX_REMOVAL_MS, OF_REMOVAL),
  )
  deregisterCriticalServiceAfter?: number | null;

  @Member(
    'What the id of the service is appended to, such as "/health/"; empty for heartbeats.',
    IfSet(),
    Pattern(HEALTH_PATH, OF_HEALTH_PATH),
  )
  healthPath?: string | null;

  @Member(
    'Another name of healthPath; also the whole URL, if it is one of this node and ends with the id.',
    IfSet(),
    Text(0, 2_048),
  )
  http?: string | null;

  @Member('Takes any certificate. Default false.', IfSet(), IsBoolean())
  tlsSkipVerify?: boolean | null;
}

/** Which node it is. */
export class ServicePlaceDto {
  @ServiceId()
  serviceId!: string;

  @Tag()
  tag?: string | null;

  @Member('Its protocol, such as "https".', Pattern(PROTOCOL, OF_PROTOCOL))
  protocol!: string;

  @Member(
    {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description: 'A host name, an IPv4 address, or an IPv6 address, with or without brackets.',
    },
    Rule((value) =>
      typeof value === 'string' && canonicalAddress(value) !== undefined ? undefined : OF_ADDRESS,
    ),
  )
  address!: string;

  @Whole(1, 65_535)
  port!: number;
}

/** A node that registers. */
export class RegisterServiceDto extends ServicePlaceDto {
  @Member('For people.', IfSet(), Text(0, 253), Matches(LINE, { message: OF_NAME }))
  name?: string | null;

  @Member('Left out: nobody checks it.', IfSet(), IsObject(), Nested(() => RegisteredCheckDto))
  check?: RegisteredCheckDto | null;
}

/** A node that goes. */
export class DeregisterServiceQuery extends ServicePlaceDto {
  @Type(() => Number)
  override port!: number;

  @Member('Ignored; clients send it.', IfSet(), IsString())
  checkInterval?: string;
}

/** Whose nodes are looked up. */
export class LookupQuery {
  @ServiceId()
  serviceId!: string;

  @Tag()
  tag?: string;

  @Member(
    'Sent by older clients, and of no effect: nodes that are critical are not answered.',
    IfSet(),
    IsString(),
  )
  passing?: string;
}

/** A node as others are told of it. */
export const InstanceBody = s.object('ServiceNode', 'Where one instance of a service is reached.', {
  protocol: s.text('As it was registered, in lower case.', { examples: ['https'] }),
  address: s.text(
    'A host name in lower case, an IPv4 address, or an IPv6 address in brackets: a port can be put behind it.',
  ),
  port: s.whole('Of TCP.', 1, 65_535),
});
export type InstanceBody = s.Of<typeof InstanceBody>;

/** The nodes of a group, to whoever looks it up or subscribed to it. */
export const InstancesBody = s.component(
  'ServiceNodes',
  s.listOf(s.ref(InstanceBody), 'Nodes in the order of their registration.'),
);

/** All nodes of all services, by group; with one member, what subscribers are sent. */
export const GroupsBody = s.component<Readonly<Record<string, readonly InstanceBody[]>>>('ServiceGroups', {
  type: 'object',
  description: 'Nodes by `serviceId`, or by `serviceId|tag`.',
  additionalProperties: s.ref(InstancesBody),
});
export type GroupsBody = s.Of<typeof GroupsBody>;
