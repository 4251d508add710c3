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
import { Clock } from '@vitals/core/time';
import { OwnedPartitions } from '../cluster/owned.partitions.js';
import type { AnyChange } from '../database/change.js';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import { providerRemoved } from '../providers/provider.changes.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { PlacementService } from './placement.service.js';
import {
  type NewReservation,
  reservationEnded,
  reservationsConfirmed,
  reservationsDropped,
  reservationsExpired,
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

/**
 * Holds resources for callers, durably: what is answered survives a crash, and nobody else gets the same slot. What a
 * change takes is taken in memory at once, and decided again within the transaction on what other processes have
 * committed by then; it is applied by `PlacementService`, as theirs are.
 */
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
    private readonly clock: Clock,
    private readonly passed: PassedTime,
    private readonly owned: OwnedPartitions,
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
    const { placement, standingOf } = this.service;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (placement.reservations >= MAX_RESERVATIONS) {
        throw new VitalsError('overloaded', `${MAX_RESERVATIONS} reservations are held; release some first`);
      }
      const id = randomUUID();
      const isChosen = await this.make(
        // whoever ends it may be ahead of this process: it does not end too early for them either
        () => {
          const expiresAtMs = this.passed.nowMs() + this.passed.maybeBehindMs() + ttlMs;
          return placement.reserve({ ...choice, id, requirement, expiresAtMs }, standingOf);
        },
        ({ after }) => reservationsMade([this.rowOf(after)]),
      );
      if (!isChosen) throw await this.service.noCandidate(requirement);
      const made = placement.reservation(id);
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
    const { placement } = this.service;
    return this.turns.take(id, async () => {
      await this.make(
        () => placement.confirm(id, this.passed.nowMs()),
        // what is confirmed already is written already
        ({ before }) => (before?.state === 'confirmed' ? undefined : reservationsConfirmed([id])),
      );
      const confirmed = this.get(id);
      if (confirmed.state !== 'confirmed') throw reservationNotFound(id);
      return confirmed;
    });
  }

  /** Ends a reservation. @throws VitalsError `reservation-not-found`, `overloaded`, `store-unavailable` */
  async release(id: string): Promise<void> {
    const begin = () => this.service.placement.release(id);
    await this.turns.take(id, () => this.make(begin, () => reservationEnded({ id })));
  }

  /** Ends reservations whose time has come, of the providers that this process decides for. */
  @Interval('reservation-expiry', EXPIRE_EVERY_MS)
  async expire(): Promise<void> {
    if (this.expiring) return;
    this.expiring = true;
    const { placement } = this.service;
    const due = placement.expireDue(this.passed.nowMs(), BATCH, (name) => this.owned.owns(name));
    const partitionOf = ({ after }: ReservationChange): number => this.owned.partitionOf(after.provider);
    const ended = await Promise.allSettled(
      [...new Set(due.map(partitionOf))].map((partition) =>
        this.end(
          partition,
          due.filter((change) => partitionOf(change) === partition),
        ),
      ),
    );
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed) this.logger.warn(`reservations wait to be ended: ${String(failed.reason)}`);
    // what is durable is applied; the rest is due again
    for (const change of due) placement.undo(change);
    this.expiring = false;
  }

  private async end(partition: number, changes: readonly ReservationChange[]): Promise<void> {
    const { placement } = this.service;
    const stamp = this.owned.stampOf(partition);
    if (!stamp) return;
    await this.journal.commitWithin(
      this.owned.fenced(stamp, () => {
        const ids = changes.map(({ after }) => after.id);
        const held = ids.filter((id) => placement.reservation(id)?.state === 'held');
        return held.length === 0 ? [] : [reservationsExpired(held)];
      }),
    );
  }

  /**
   * Makes a change durable, or takes it back.
   * @param begin begins it in memory; again, once it was taken back, if other processes have changed something
   * @param changeOf what is written of it
   * @returns whether there was anything to begin
   */
  private async make(
    begin: () => ReservationChange | undefined,
    changeOf: (change: ReservationChange) => AnyChange | undefined,
  ): Promise<boolean> {
    const { placement } = this.service;
    let begun: ReservationChange | undefined;
    try {
      await this.journal.commitAll(() => {
        const before = begun;
        begun = undefined;
        if (before) placement.undo(before);
        begun = begin();
        const change = begun && changeOf(begun);
        return change ? [change] : [];
      });
      return begun !== undefined;
    } finally {
      // does nothing once it was applied
      if (begun) placement.undo(begun);
    }
  }

  private rowOf({ id, provider, resources, expiresAtMs: endMs }: Reservation): NewReservation {
    const createdAtMs = this.clock.wallMs();
    const expiresAtMs = createdAtMs + endMs - this.passed.nowMs();
    const times = { expiresAtMs, expiresPassedMs: endMs, createdAtMs };
    const reservation = { id, provider, resources, confirmed: false, ...times };
    return { reservation, providerKey: this.directory.get(provider).key };
  }
}
