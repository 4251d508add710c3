import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Turns } from '@vitals/core/commit';
import { VitalsError } from '@vitals/core/errors';
import {
  type Choice,
  type Requirement,
  type Reservation,
  type ReservationChange,
  reservationNotFound,
} from '@vitals/core/placement';
import { RunningClock } from '@vitals/core/time';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import { providerRemoved } from '../providers/provider.changes.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { PlacementService } from './placement.service.js';
import {
  reservationEnded,
  reservationsConfirmed,
  reservationsDropped,
  reservationsMade,
} from './reservation.rows.js';

/** How often reservations whose time has come are ended, in milliseconds. */
const EXPIRE_EVERY_MS = 250;
/** The most that are ended at a time. */
const BATCH = 500;
/** The most that there may be; each is kept in memory. */
const MAX_RESERVATIONS = 100_000;
/** How often another provider is chosen for one that was removed meanwhile. */
const MAX_TRIES = 10;

/** Holds resources for callers, durably: what is answered survives a crash, and nobody else gets the same slot. */
@Injectable()
export class ReservationsService {
  private readonly logger = new Logger('Reservations');
  /** Changes of one reservation wait for each other: a call that is repeated at once is not refused. */
  private readonly turns = new Turns();
  private expiring = false;

  constructor(
    private readonly service: PlacementService,
    private readonly directory: ProviderDirectory,
    private readonly journal: Journal,
    private readonly clock: RunningClock,
    private readonly passed: PassedTime,
  ) {
    journal.accompany(providerRemoved, (removed) =>
      removed.map(({ subject }) => reservationsDropped({ provider: subject })),
    );
  }

  /** @throws VitalsError `reservation-not-found` */
  get(id: string): Reservation {
    const reservation = this.service.placement.reservation(id);
    if (!reservation) throw reservationNotFound(id);
    return reservation;
  }

  /**
   * Holds what the work needs at the best provider, for `ttlMs`.
   * @throws VitalsError `no-candidate` with the counted reasons; `overloaded`, `store-unavailable`
   */
  async reserve(
    requirement: Requirement,
    choice: Omit<Choice, 'limit'>,
    ttlMs: number,
  ): Promise<Reservation> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (this.service.placement.reservations >= MAX_RESERVATIONS) {
        throw new VitalsError('overloaded', `${MAX_RESERVATIONS} reservations are held; release some first`);
      }
      const request = { ...choice, id: randomUUID(), requirement, expiresAtMs: this.clock.nowMs() + ttlMs };
      const change = this.service.placement.reserve(request, this.service.standingOf);
      if (!change) {
        const excluded = await this.service.explain(requirement, 'claimed');
        throw new VitalsError('no-candidate', describe(excluded), { details: { excluded } });
      }
      const made = await this.make(change);
      if (made) return made;
      // its provider was removed meanwhile: the next one
    }
    throw new VitalsError(
      'overloaded',
      'the providers that were chosen were removed meanwhile; try again in a moment',
    );
  }

  /** Keeps a reservation until it is released. @throws VitalsError `reservation-expired`, `reservation-not-found`, `overloaded`, `store-unavailable` */
  confirm(id: string): Promise<Reservation> {
    return this.turns.take(id, async () => {
      const made = await this.make(this.service.placement.confirm(id, this.clock.nowMs()));
      if (!made) throw reservationNotFound(id);
      return made;
    });
  }

  /** Ends a reservation. @throws VitalsError `reservation-not-found`, `overloaded`, `store-unavailable` */
  async release(id: string): Promise<void> {
    await this.turns.take(id, () => this.make(this.service.placement.release(id)));
  }

  @Interval('reservation-expiry', EXPIRE_EVERY_MS)
  async expire(): Promise<void> {
    if (this.expiring) return;
    this.expiring = true;
    const changes = this.service.placement.expireDue(this.clock.nowMs(), BATCH);
    const ended = await Promise.allSettled(changes.map((change) => this.make(change)));
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed) this.logger.warn(`reservations wait to be ended: ${String(failed.reason)}`);
    this.expiring = false;
  }

  /**
   * Makes a change durable, then true; or takes it back.
   * @returns the reservation as it is now; `undefined` if there is none any more, after all
   */
  private async make(change: ReservationChange): Promise<Reservation | undefined> {
    const { before, after } = change;
    let isDurable = false;
    try {
      // what is confirmed already is written already
      isDurable = before?.state === after.state || (await this.write(after));
    } finally {
      this.service.placement[isDurable ? 'settle' : 'undo'](change);
    }
    return isDurable ? this.service.placement.reservation(after.id) : undefined;
  }

  /** @returns whether it became durable: not what begins or is confirmed of a provider that was removed meanwhile */
  private async write({ id, provider, resources, state, expiresAtMs: endMs }: Reservation): Promise<boolean> {
    switch (state) {
      case 'held': {
        const createdAtMs = this.clock.wallMs();
        const expiresAtMs = createdAtMs + endMs - this.clock.nowMs();
        const times = { expiresAtMs, expiresPassedMs: this.passed.at(endMs), createdAtMs };
        const reservation = { id, provider, resources, confirmed: false, ...times };
        const providerKey = this.directory.get(provider).key;
        return (await this.journal.commit(reservationsMade([{ reservation, providerKey }]))).length > 0;
      }
      case 'confirmed':
        return (await this.journal.commit(reservationsConfirmed([id]))).length > 0;
      case 'released':
      case 'expired':
        await this.journal.commit(reservationEnded({ id }));
        return true;
      default:
        return state satisfies never;
    }
  }
}

function describe(excluded: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(excluded).map(([reason, count]) => `${reason}: ${count}`);
  if (reasons.length === 0) return 'no provider is registered';
  return `no provider can take this now (${reasons.join(', ')})`;
}
