import { Injectable } from '@nestjs/common';
import { Leases } from '@vitals/core/lease';
import { type Candidate, isPlaceable } from '@vitals/core/placement';
import { Clock, formatTimestamp } from '@vitals/core/time';
import type { Availability } from '@vitals/core/transition';
import * as s from '../http/schema.js';
import type { Provider } from './provider.js';
import type { StoredRegistration } from './provider.rows.js';
import { AMOUNT, Capacities, LABELS, NAME, PHASE } from './provider.schema.js';

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

/** What is known of a provider's life. */
export const ProviderStatusBody = s.object('ProviderStatus', 'The liveness of a provider.', {
  name: NAME,
  phase: PHASE,
  availability: AVAILABILITY,
  placeable: s.flag('Work may be placed on it now.'),
  last_heartbeat_at: s.orNull(s.time('Of receipt; null before its first heartbeat.')),
  deadline_at: s.time('When it becomes Unavailable without another heartbeat.'),
  detection_bound_seconds: {
    ...AMOUNT,
    description:
      'The longest time from a crash to Unavailable, for the interval that is advertised to it now.',
  },
  missed: s.whole('Heartbeats that are overdue.', 0),
  clock_skew_ms: s.orNull(
    s.number("Its clock minus the control plane's, at its last heartbeat; liveness does not depend on it."),
  ),
  generation: GENERATION,
  state_since: s.time('When its availability was decided.'),
  cordoned: CORDONED,
  drain_requested: s.flag('It was asked to drain.'),
  flapping: s.flag('It often changes its availability: it gets a shorter interval, and is ranked last.'),
});
export type ProviderStatusBody = s.Of<typeof ProviderStatusBody>;

/** How a provider looks at this moment: its record and its lease, put together for readers. */
@Injectable()
export class ProviderView {
  constructor(
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  /** As placement sees it. */
  candidate(provider: Provider): Candidate {
    const { name, endpoint, serviceType, region, zone, labels, capabilities, capacity, allocated } = provider;
    const { phase, cordoned, trusted } = provider;
    const about = { name, endpoint, serviceType, region, zone, labels, capabilities, capacity, allocated };
    const availability = this.availability(provider);
    return { ...about, phase: phase ?? 'Unknown', cordoned, trusted, availability };
  }

  /** What is known of it now, a passed deadline included. */
  availability({ lease }: Provider): Availability {
    return this.leases.availability(lease);
  }

  status(provider: Provider): ProviderStatusBody {
    const lease = this.leases.view(provider.lease);
    const { phase, heardAtMs } = provider;
    return {
      name: provider.name,
      phase: phase ?? null,
      availability: lease.availability,
      placeable: isPlaceable(this.candidate(provider)),
      last_heartbeat_at: heardAtMs === undefined ? null : formatTimestamp(heardAtMs),
      deadline_at: formatTimestamp(Math.round(this.clock.wallMs() + lease.remainingMs)),
      detection_bound_seconds: Math.round(lease.detectionBoundMs) / 1_000,
      missed: lease.missed,
      clock_skew_ms: provider.clockSkewMs ?? null,
      generation: provider.generation,
      state_since: formatTimestamp(provider.stateSinceMs),
      cordoned: provider.cordoned,
      drain_requested: provider.drainRequested,
      flapping: lease.flapping,
    };
  }

  body(provider: Provider, { registration, id, registeredAtMs }: StoredRegistration): ProviderBody {
    const { capacity, allocated, capabilities, syncedAtMs, generation, phase } = provider;
    return {
      ...registration,
      id,
      generation,
      phase: phase ?? null,
      availability: this.availability(provider),
      capacity,
      allocated,
      capabilities,
      cordoned: provider.cordoned,
      registered_at: formatTimestamp(registeredAtMs),
      last_synced_at: syncedAtMs === undefined ? null : formatTimestamp(syncedAtMs),
    };
  }
}
