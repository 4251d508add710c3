import { Injectable } from '@nestjs/common';
import { LeaseTable } from '@vitals/core/lease';
import type { Availability } from '@vitals/core/transition';
import { type Candidate, isPlaceable } from '@vitals/core/placement';
import { Clock, formatTimestamp } from '@vitals/core/time';
import type { StoredRegistration } from '../provider.rows.js';
import type { Provider } from '../provider.js';
import type { ProviderBody, ProviderStatusBody } from '../provider.schema.js';

/** How a provider looks at this moment: its record and its lease, put together for readers. */
@Injectable()
export class ProviderView {
  constructor(
    private readonly leases: LeaseTable,
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
