import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
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
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import type { Provider } from '../providers/provider.js';
import { namesText, ProviderDirectory } from '../providers/provider.directory.js';
import {
  reservationEnded,
  RESERVATIONS,
  reservationsConfirmed,
  reservationsDropped,
  reservationsExpired,
  reservationsMade,
  type StoredReservation,
} from './reservation.rows.js';
import { ProviderView } from '../providers/provider.view.js';

/** Providers looked at before other requests get their turn. */
const SLICE = 2_000;

/** Follows the fleet, and finds where work may go; never a provider whose deadline has passed when it is asked. */
@Injectable()
export class PlacementService implements OnApplicationBootstrap, OnModuleInit {
  private readonly logger = new Logger('Reservations');
  /** Providers and what is reserved of them; changed through `ReservationsService` only. */
  readonly placement = new Placement<Provider>();
  /** Reservations of before the restart whose providers are not registered. */
  private orphans: readonly StoredReservation[] = [];

  constructor(
    private readonly directory: ProviderDirectory,
    private readonly view: ProviderView,
    private readonly leases: Leases,
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly clock: RunningClock,
    private readonly passed: PassedTime,
    feed: Feed,
  ) {
    const { placement } = this;
    feed.on(reservationsMade, (made) => {
      for (const { reservation } of made) {
        const { allocated = {} } = this.directory.find(reservation.provider) ?? {};
        placement.applyHeld(this.restored(reservation), allocated);
      }
    });
    feed.on(reservationsConfirmed, (ids) => ids.forEach((id) => placement.applyConfirmed(id)));
    feed.on(reservationsExpired, (ids) => ids.forEach((id) => placement.applyEnded(id)));
    feed.on(reservationEnded, ({ id }) => placement.applyEnded(id));
    feed.on(reservationsDropped, ({ provider }) => placement.applyDropped(provider));
  }

  /** The providers of before a restart are there by now. @throws VitalsError `store-unavailable` */
  async onModuleInit(): Promise<void> {
    const reservations = await this.database.select(RESERVATIONS);
    const isKept = ({ provider }: StoredReservation) => this.directory.find(provider) !== undefined;
    this.orphans = reservations.filter((one) => !isKept(one));
    this.placement.restore(reservations.filter(isKept).map((one) => this.restored(one)));
    for (const provider of this.directory.all()) this.follow(provider);
    this.directory.changed.subscribe((provider) => this.follow(provider));
  }

  /**
   * Drops reservations without a provider, or one that takes the name would begin with work that is not its own.
   * @throws VitalsError `store-unavailable`; the next start tries again
   */
  async onApplicationBootstrap(): Promise<void> {
    const { orphans } = this;
    this.orphans = [];
    if (orphans.length === 0) return;
    await this.journal.commitAll(orphans.map(({ id }) => reservationEnded({ id })));
    const gone = new Set(orphans.map(({ provider }) => provider));
    this.logger.warn(
      `reservations dropped because their providers are not registered (${namesText([...gone])}): ${orphans.length}`,
    );
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

  /** The refusal `no-candidate` of a reservation, with the counted reasons. */
  async noCandidate(requirement: Requirement): Promise<VitalsError> {
    const excluded = await this.explain(requirement, 'claimed');
    return new VitalsError('no-candidate', describe(excluded), { details: { excluded } });
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

  /** What was left of them before the restart is left now: neither the wall clock nor an outage ends any. */
  private restored(reservation: StoredReservation): Reservation {
    const { id, provider, resources, confirmed } = reservation;
    const state = confirmed ? 'confirmed' : 'held';
    return { id, provider, resources, state, expiresAtMs: this.endOf(reservation) };
  }

  /** In passed time. One of before ends were kept in it lasts as long as any may, at most. */
  private endOf({ expiresPassedMs, expiresAtMs, createdAtMs }: StoredReservation): number {
    if (expiresPassedMs !== undefined) return expiresPassedMs;
    const ttlMs = Math.max(0, expiresAtMs - createdAtMs);
    return this.passed.nowMs() + Math.min(expiresAtMs - this.clock.wallMs(), ttlMs);
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

function describe(excluded: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(excluded).map(([reason, count]) => `${reason}: ${count}`);
  if (reasons.length === 0) return 'no provider is registered';
  return `no provider can take this now (${reasons.join(', ')})`;
}
