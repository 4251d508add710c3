import { isRecord } from '../http/members.js';
import * as s from '../http/schema.js';
import { NAME_PATTERN, PHASES } from './provider.js';
import { Capacities } from './resources.js';

/** The name of a provider. */
export const NAME: s.Schema<string> = { type: 'string', pattern: NAME_PATTERN.source, examples: ['p1'] };

/** Labels by their keys. */
export const LABELS = s.ref(
  s.component<Readonly<Record<string, string>>>('Labels', {
    type: 'object',
    description: 'Labels by their keys.',
    additionalProperties: { type: 'string', maxLength: 253 },
    propertyNames: { maxLength: 253 },
  }),
);

/** Whether a value is an object of texts, each key and value of at most 253 characters. */
export function isLabels(value: unknown): value is Readonly<Record<string, string>> {
  const isLabel = ([key, text]: [string, unknown]): boolean =>
    key.length <= 253 && typeof text === 'string' && text.length <= 253;
  return isRecord(value) && Object.entries(value).every(isLabel);
}

/** Everything that can be known of a provider. */
export const AVAILABILITIES = s.enumeration('Availability', [
  'Unknown',
  'Available',
  'Suspect',
  'Unavailable',
]);

/** What the control plane knows of a provider. */
export const AVAILABILITY = s.oneOf(
  AVAILABILITIES,
  'Unknown: no heartbeat since registration or restart. Suspect: one heartbeat overdue. Unavailable: the deadline has passed.',
);

const PHASE: s.Schema<string | null> = s.orNull({
  type: 'string',
  enum: s.enumeration('Phase', PHASES),
  description: 'What it reported last; null before its first heartbeat.',
});
const GENERATION = s.whole('+1 at each registration of the name.', 1);
const CORDONED = s.flag('Out of placement.');

/** A provider as it is read: its registration, what it said of its resources, and its availability. */
export const ProviderBody = s.object(
  'Provider',
  'A provider: its registration, its resources, its availability.',
  {
    name: NAME,
    id: s.text('Chosen at the first registration, or given.'),
    generation: GENERATION,
    endpoint: s.text('Where it is reached.', { format: 'uri' }),
    service_type: s.text('What it provides, such as "vm".'),
    schema_version: s.text('The version of what it provides.'),
    phase: PHASE,
    availability: AVAILABILITY,
    capacity: s.ref(Capacities),
    allocated: s.ref(Capacities),
    capabilities: s.listOf(s.TEXT),
    cordoned: CORDONED,
    registered_at: s.time('Of this generation.'),
    last_synced_at: s.orNull(s.time('When it last reported its resources.')),
  },
  {
    display_name: s.text('For people.'),
    operations: s.listOf(s.TEXT, 'What it can be asked to do.'),
    metadata: { ...s.ref(s.AnyMembers), description: 'As it was registered.' },
    labels: LABELS,
    health_path: s.text('The path, below its endpoint, at which its health is polled.'),
  },
);
export type ProviderBody = s.Of<typeof ProviderBody>;

/** A provider that was registered. */
export const RegisteredBody = s.object(
  'RegisteredProvider',
  'A provider that was registered, with its token.',
  ProviderBody.members,
  {
    ...ProviderBody.optional,
    token: s.text('Its own from now on, and shown only here; left out while authentication is off.'),
  },
);
export type RegisteredBody = s.Of<typeof RegisteredBody>;

/** What is known of a provider's life. */
export const ProviderStatusBody = s.object('ProviderStatus', 'The liveness of a provider.', {
  name: NAME,
  phase: PHASE,
  availability: AVAILABILITY,
  placeable: s.flag('Work may be placed on it now.'),
  last_heartbeat_at: s.orNull(s.time('Of receipt; null before its first heartbeat.')),
  deadline_at: s.time('When it becomes Unavailable without another heartbeat.'),
  detection_bound_seconds: {
    type: 'number',
    minimum: 0,
    description:
      'The longest time from a crash to Unavailable, for the interval that is advertised to it now.',
  } as s.Schema<number>,
  missed: s.whole('Heartbeats that are overdue.', 0),
  clock_skew_ms: s.orNull<number>({
    type: 'number',
    description:
      "Its clock minus the control plane's, at its last heartbeat; liveness does not depend on it.",
  }),
  generation: GENERATION,
  state_since: s.time('When its availability was decided.'),
  cordoned: CORDONED,
  drain_requested: s.flag('It was asked to drain.'),
  flapping: s.flag('It often changes its availability: it gets a shorter interval, and is ranked last.'),
});
export type ProviderStatusBody = s.Of<typeof ProviderStatusBody>;

/** A page of providers. */
export const ProviderListBody = s.object(
  'ProviderList',
  'A page of providers, by name.',
  { providers: s.listOf(s.ref(ProviderBody)) },
  s.NEXT_PAGE,
);
export type ProviderListBody = s.Of<typeof ProviderListBody>;

/** A page of states. */
export const StatusListBody = s.object(
  'StatusList',
  'A page of states, by name.',
  {
    providers: s.listOf(s.ref(ProviderStatusBody)),
    sequence: s.whole('Give it as changed_since for what changes from here on.', 0),
  },
  s.NEXT_PAGE,
);
export type StatusListBody = s.Of<typeof StatusListBody>;

/** A token in place of the one before. */
export const NewTokenBody = s.object('NewToken', 'A token in place of the one before.', {
  token: s.text('Shown only here.'),
});
export type NewTokenBody = s.Of<typeof NewTokenBody>;
