import {
  AnyMembers,
  component,
  enumeration,
  flag,
  listOf,
  NEXT_PAGE,
  object,
  type Of,
  oneOf,
  orNull,
  ref,
  type Schema,
  TEXT,
  text,
  time,
  whole,
} from '../http/schema.js';
import { NAME_PATTERN, PHASES } from './provider.js';
import { Capacities } from './resources.js';

/** The name of a provider. */
export const NAME: Schema<string> = { type: 'string', pattern: NAME_PATTERN.source, examples: ['p1'] };

/** Labels by their keys. */
export const LABELS = ref(
  component<Readonly<Record<string, string>>>('Labels', {
    type: 'object',
    description: 'Labels by their keys.',
    additionalProperties: { type: 'string', maxLength: 253 },
    propertyNames: { maxLength: 253 },
  }),
);

/** Everything that can be known of a provider. */
export const AVAILABILITIES = enumeration('Availability', ['Unknown', 'Available', 'Suspect', 'Unavailable']);

/** What the control plane knows of a provider. */
export const AVAILABILITY = oneOf(
  AVAILABILITIES,
  'Unknown: no heartbeat since registration or restart. Suspect: one heartbeat overdue. Unavailable: the deadline has passed.',
);

const PHASE: Schema<string | null> = orNull({
  type: 'string',
  enum: enumeration('Phase', PHASES),
  description: 'What it reported last; null before its first heartbeat.',
});
const GENERATION = whole('+1 at each registration of the name.', 1);
const CORDONED = flag('Out of placement.');

/** A provider as it is read: its registration, what it said of its resources, and its availability. */
export const ProviderBody = object(
  'Provider',
  'A provider: its registration, its resources, its availability.',
  {
    name: NAME,
    id: text('Chosen at the first registration, or given.'),
    generation: GENERATION,
    endpoint: text('Where it is reached.', { format: 'uri' }),
    service_type: text('What it provides, such as "vm".'),
    schema_version: text('The version of what it provides.'),
    phase: PHASE,
    availability: AVAILABILITY,
    capacity: ref(Capacities),
    allocated: ref(Capacities),
    capabilities: listOf(TEXT),
    cordoned: CORDONED,
    registered_at: time('Of this generation.'),
    last_synced_at: orNull(time('When it last reported its resources.')),
  },
  {
    display_name: text('For people.'),
    operations: listOf(TEXT, 'What it can be asked to do.'),
    metadata: { ...ref(AnyMembers), description: 'As it was registered.' },
    labels: LABELS,
    health_path: text('The path, below its endpoint, at which its health is polled.'),
  },
);
export type ProviderBody = Of<typeof ProviderBody>;

/** A provider that was registered. */
export const RegisteredBody = object(
  'RegisteredProvider',
  'A provider that was registered, with its token.',
  ProviderBody.members,
  {
    ...ProviderBody.optional,
    token: text('Its own from now on, and shown only here; left out while authentication is off.'),
  },
);
export type RegisteredBody = Of<typeof RegisteredBody>;

/** What is known of a provider's life. */
export const ProviderStatusBody = object('ProviderStatus', 'The liveness of a provider.', {
  name: NAME,
  phase: PHASE,
  availability: AVAILABILITY,
  placeable: flag('Work may be placed on it now.'),
  last_heartbeat_at: orNull(time('Of receipt; null before its first heartbeat.')),
  deadline_at: time('When it becomes Unavailable without another heartbeat.'),
  detection_bound_seconds: {
    type: 'number',
    minimum: 0,
    description:
      'The longest time from a crash to Unavailable, for the interval that is advertised to it now.',
  } as Schema<number>,
  missed: whole('Heartbeats that are overdue.', 0),
  clock_skew_ms: orNull<number>({
    type: 'number',
    description:
      "Its clock minus the control plane's, at its last heartbeat; liveness does not depend on it.",
  }),
  generation: GENERATION,
  state_since: time('When its availability was decided.'),
  cordoned: CORDONED,
  drain_requested: flag('It was asked to drain.'),
  flapping: flag('It often changes its availability: it gets a shorter interval, and is ranked last.'),
});
export type ProviderStatusBody = Of<typeof ProviderStatusBody>;

/** A page of providers. */
export const ProviderListBody = object(
  'ProviderList',
  'A page of providers, by name.',
  { providers: listOf(ref(ProviderBody)) },
  NEXT_PAGE,
);
export type ProviderListBody = Of<typeof ProviderListBody>;

/** A page of states. */
export const StatusListBody = object(
  'StatusList',
  'A page of states, by name.',
  {
    providers: listOf(ref(ProviderStatusBody)),
    sequence: whole('Give it as changed_since for what changes from here on.', 0),
  },
  NEXT_PAGE,
);
export type StatusListBody = Of<typeof StatusListBody>;

/** A token in place of the one before. */
export const NewTokenBody = object('NewToken', 'A token in place of the one before.', {
  token: text('Shown only here.'),
});
export type NewTokenBody = Of<typeof NewTokenBody>;
