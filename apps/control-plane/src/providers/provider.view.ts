import { Injectable } from '@nestjs/common';
import { LeaseTable, type LeaseView } from '@vitals/core/lease';
import { type Candidate, isPlaceable } from '@vitals/core/placement';
import { Clock, formatTimestamp } from '@vitals/core/time';
import type { Provider } from './provider.js';

/** A provider as it is read: its registration, what it said of its resources, and its availability. */
export type ProviderBody = Readonly<Record<string, unknown>>;

/** What is known of a provider's life. Field names are those of the wire. */
export interface ProviderStatusBody {
  readonly name: string;
  readonly phase: string | null;
  readonly availability: Candidate['availability'];
  readonly placeable: boolean;
  readonly last_heartbeat_at: string | null;
  readonly deadline_at: string;
  readonly detection_bound_seconds: number;
  readonly missed: number;
  readonly clock_skew_ms: number | null;
  readonly generation: number;
  readonly state_since: string;
}

/** How a provider looks at this moment: its record and its lease, put together for readers. */
@Injectable()
export class ProviderView {
  constructor(
    private readonly leases: LeaseTable,
    private readonly clock: Clock,
  ) {}

  /** As placement sees it. */
  candidate(provider: Provider): Candidate {
    const { registration, info } = provider;
    return {
      name: provider.name,
      endpoint: registration.endpoint,
      serviceType: registration.service_type,
      region: provider.region,
      zone: provider.zone,
      labels: registration.labels ?? {},
      capabilities: info.capabilities,
      capacity: info.capacity,
      allocated: info.allocated,
      phase: provider.report.phase ?? 'Unknown',
      cordoned: provider.cordoned,
      availability: this.leases.availability(provider.name) ?? 'Unknown',
      trusted: provider.trusted,
    };
  }

  status(provider: Provider): ProviderStatusBody {
    const lease = this.lease(provider);
    const { phase, heardAtMs } = provider.report;
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
    };
  }

  body(provider: Provider): ProviderBody {
    const { registration, info, id, generation, report } = provider;
    return {
      ...registration,
      id,
      generation,
      phase: report.phase ?? null,
      availability: this.lease(provider).availability,
      capacity: info.capacity,
      allocated: info.allocated,
      capabilities: info.capabilities,
      cordoned: provider.cordoned,
      registered_at: formatTimestamp(provider.registeredAtMs),
      last_synced_at: info.syncedAtMs === undefined ? null : formatTimestamp(info.syncedAtMs),
    };
  }

  private lease(provider: Provider): LeaseView {
    return this.leases.view(provider.name) as LeaseView;
  }
}
