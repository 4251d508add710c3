import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Leases } from '@vitals/core/lease';
import {
  exclusionOf,
  isPlaceable,
  Placement,
  type Requirement,
  type Reservation,
  type Standing,
} from '@vitals/core/placement';
import { RunningClock } from '@vitals/core/time';
import { Database } from '../database/database.js';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import type { Provider } from '../providers/provider.js';
import { namesText, ProviderDirectory } from '../providers/provider.directory.js';
import { RESERVATIONS, reservationsDropped, type StoredReservation } from './reservation.rows.js';
import { ProviderView } from '../providers/provider.view.js';

/** Providers looked at before other requests get their turn. */
const SLICE = 2_000;

/** Follows the fleet, and finds where work may go; never a provider whose deadline has passed when it is asked. */
@Injectable()
export class PlacementService implements OnModuleInit {
  private readonly logger = new Logger('Reservations');
  /** Providers and what is reserved of them; changed through `ReservationsService` only. */
  readonly placement = new Placement<Provider>();

  constructor(
    private readonly directory: ProviderDirectory,
    private readonly view: ProviderView,
    private readonly leases: Leases,
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: RunningClock,
    private readonly passed: PassedTime,
  ) {}

  /** The providers of before a restart are there by now. @throws VitalsError `store-unavailable` */
  async onModuleInit(): Promise<void> {
    const reservations = await this.withProvider(await this.database.select(RESERVATIONS));
    this.placement.restore(reservations.map((reservation) => this.restored(reservation)));
    for (const provider of this.directory.all()) this.follow(provider);
    this.directory.changed.subscribe((provider) => this.follow(provider));
  }

  /**
   * How many providers cannot take this work, by reason; those that can are not among them. In slices.
   * @param taken what is not free of a provider: `used` for candidates, `claimed` for reservations
   */
  async explain(requirement: Requirement, taken: 'used' | 'claimed'): Promise<Record<string, number>> {
    const counted = new Map<string, number>();
    let scanned = 0;
    for (const provider of this.directory.all()) {
      if (++scanned % SLICE === 0) await new Promise<void>((resume) => this.clock.soon(resume));
      const candidate = this.view.candidate(provider);
      const allocated = this.placement[taken](candidate);
      const reason = exclusionOf({ ...candidate, allocated }, requirement);
      if (reason !== undefined) counted.set(reason, (counted.get(reason) ?? 0) + 1);
    }
    return Object.fromEntries(counted);
  }

  /** What only now is known of a provider that events have let in. */
  readonly standingOf = (provider: Provider): Standing => {
    const availability = this.leases.availability(provider.lease);
    switch (availability) {
      case 'Available':
        return this.leases.isFlapping(provider.lease) ? 'late' : 'placeable';
      case 'Suspect':
        return 'late';
      case 'Unknown':
        return provider.trusted ? 'late' : 'excluded';
      case 'Unavailable':
        return 'excluded';
      default:
        return availability satisfies never;
    }
  };

  /**
   * Those of providers that are registered. The others are dropped, or a provider that takes one of the names would
   * begin with work that is not its own.
   */
  private async withProvider(
    reservations: readonly StoredReservation[],
  ): Promise<readonly StoredReservation[]> {
    const kept = reservations.filter(({ provider }) => this.directory.find(provider));
    const dropped = reservations.length - kept.length;
    if (dropped === 0) return kept;
    const gone = new Set(reservations.map(({ provider }) => provider));
    for (const { provider } of kept) gone.delete(provider);
    await this.journal.commitAll([...gone].map((provider) => reservationsDropped({ provider })));
    this.logger.warn(
      `reservations dropped because their providers are not registered (${namesText([...gone])}): ${dropped}`,
    );
    return kept;
  }

  /** What was left of them before the restart is left now: neither the wall clock nor an outage ends any. */
  private restored(reservation: StoredReservation): Reservation {
    const { id, provider, resources, confirmed } = reservation;
    const state = confirmed ? 'confirmed' : 'held';
    return { id, provider, resources, state, expiresAtMs: this.endOf(reservation) };
  }

  /** On the running clock. One of before ends were kept in passed time lasts as long as any may, at most. */
  private endOf({ expiresPassedMs, expiresAtMs, createdAtMs }: StoredReservation): number {
    if (expiresPassedMs !== undefined) return this.passed.runningAt(expiresPassedMs);
    const ttlMs = Math.max(0, expiresAtMs - createdAtMs);
    return this.clock.nowMs() + Math.min(expiresAtMs - this.clock.wallMs(), ttlMs);
  }

  private follow(provider: Provider): void {
    const { name, lease, phase = 'Unknown', cordoned, trusted } = provider;
    const availability = this.leases.availability(lease);
    provider.behind = lease.recovered || this.leases.isFlapping(lease);
    if (provider.removed) this.placement.forget(name);
    else if (isPlaceable({ availability, phase, cordoned, trusted })) this.placement.put(provider);
    else this.placement.remove(name);
  }
}
