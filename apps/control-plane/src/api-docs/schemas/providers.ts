import type { ProviderListBody, StatusListBody } from '../../providers/reading/reading.controller.js';
import type { ProviderBody, ProviderStatusBody } from '../../providers/reading/provider.view.js';
import type { RegisteredBody } from '../../providers/registration/registration.controller.js';
import { KnownAmounts } from '../schema/amounts.js';
import { AnyMembers } from '../schema/maps.js';
import {
  component,
  flag,
  listOf,
  type Members,
  type OptionalMembers,
  orNull,
  ref,
  text,
  time,
  whole,
} from '../schema/schema.js';
import { AVAILABILITY, CAPABILITIES, LABELS, NAME, PHASE } from '../schema/values.js';

const GENERATION = whole('+1 at each registration of the name.', { minimum: 1 });

const PROVIDER: Members<ProviderBody> = {
  name: NAME,
  id: text('Chosen at the first registration, or given.'),
  generation: GENERATION,
  endpoint: text('Where it is reached.', { format: 'uri' }),
  service_type: text('What it provides, such as "vm".'),
  schema_version: text('The version of what it provides.'),
  phase: orNull({ ...PHASE, description: 'What it reported last; null before its first heartbeat.' }),
  availability: AVAILABILITY,
  capacity: ref(KnownAmounts),
  allocated: ref(KnownAmounts),
  capabilities: CAPABILITIES,
  cordoned: flag('Out of placement.'),
  registered_at: time('Of this generation.'),
  last_synced_at: orNull(time('When it last reported its resources.')),
};

const PROVIDER_OPTIONAL: OptionalMembers<ProviderBody> = {
  display_name: text('For people.'),
  operations: listOf({ type: 'string' }, 'What it can be asked to do.'),
  metadata: { ...ref(AnyMembers), description: 'As it was registered.' },
  labels: LABELS,
  health_path: text('The path, below its endpoint, at which its health is polled.'),
};

/** `ProviderBody`. */
export const Provider = component<ProviderBody>(
  'Provider',
  'A provider: its registration, its resources, its availability.',
  PROVIDER,
  PROVIDER_OPTIONAL,
);

/** `RegisteredBody`. */
export const RegisteredProvider = component<RegisteredBody>(
  'RegisteredProvider',
  'A provider that was registered, with its token.',
  PROVIDER,
  {
    ...PROVIDER_OPTIONAL,
    token: text('Its own from now on, and shown only here; left out while authentication is off.'),
  },
);

/** `ProviderStatusBody`. */
export const ProviderStatus = component<ProviderStatusBody>(
  'ProviderStatus',
  'The liveness of a provider.',
  {
    name: NAME,
    phase: PROVIDER.phase,
    availability: AVAILABILITY,
    placeable: flag('Work may be placed on it now.'),
    last_heartbeat_at: orNull(time('Of receipt; null before its first heartbeat.')),
    deadline_at: time('When it becomes Unavailable without another heartbeat.'),
    detection_bound_seconds: {
      type: 'number',
      minimum: 0,
      description:
        'The longest time from a crash to Unavailable, for the interval that is advertised to it now.',
    },
    missed: whole('Heartbeats that are overdue.', { minimum: 0 }),
    clock_skew_ms: orNull({
      type: 'number',
      description:
        "Its clock minus the control plane's, at its last heartbeat; liveness does not depend on it.",
    }),
    generation: GENERATION,
    state_since: time('When its availability was decided.'),
    cordoned: PROVIDER.cordoned,
    drain_requested: flag('It was asked to drain.'),
    flapping: flag('It often changes its availability: it gets a shorter interval, and is ranked last.'),
  },
  {},
);

const NEXT_PAGE = text('Give it as page_token for the next page; left out on the last.');

/** `ProviderListBody`. */
export const ProviderList = component<ProviderListBody>(
  'ProviderList',
  'A page of providers, by name.',
  { providers: listOf(ref(Provider)) },
  { next_page_token: NEXT_PAGE },
);

/** `StatusListBody`. */
export const StatusList = component<StatusListBody>(
  'StatusList',
  'A page of states, by name.',
  {
    providers: listOf(ref(ProviderStatus)),
    sequence: whole('Give it as changed_since for what changes from here on.', { minimum: 0 }),
  },
  { next_page_token: NEXT_PAGE },
);
