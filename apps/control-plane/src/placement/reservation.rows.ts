import type { Capacity } from '@vitals/core/placement';
import { changeKind } from '../database/change.js';
import { oneOf } from '../database/database.js';
import { flag, integer, json, type Row, table, text } from '../database/table.js';
import { PROVIDERS } from '../providers/provider.rows.js';

/** Resources of providers that are held for callers. */
export const RESERVATIONS = table('reservations', {
  id: text().key(),
  provider: text(),
  resources: json<Capacity>(),
  confirmed: flag(),
  /** Epoch milliseconds at which it ends unless it was confirmed; for people. */
  expiresAtMs: integer('expires_at'),
  /** The same in milliseconds of `PassedTime`, which decides; missing in rows of before there was one. */
  expiresPassedMs: integer('expires_passed').optional(),
  createdAtMs: integer('created_at'),
});

/** A reservation as it is kept. */
export type StoredReservation = Row<typeof RESERVATIONS>;

/** A reservation that begins. */
export interface NewReservation {
  readonly reservation: StoredReservation;
  /** The key of its provider: another one may have taken its name. */
  readonly providerKey: number;
}

/** Resources of a provider are held, unless it is gone by then: none are held of it. */
export const reservationsMade = changeKind<readonly NewReservation[]>('reservation-made', {
  async write(transaction, made) {
    const where = { key: oneOf(made.map(({ providerKey }) => providerKey)) };
    const providers = await transaction.select(PROVIDERS, { members: ['key'], where });
    const keys = new Set(providers.map(({ key }) => key));
    const kept = made.filter(({ providerKey }) => keys.has(providerKey));
    await transaction.insert(
      RESERVATIONS,
      kept.map(({ reservation }) => reservation),
    );
    return kept;
  },
  keys: (made) => made.map(({ reservation }) => reservation.id),
});

/** What is held is kept until it is released; what has ended by then stays so. */
export const reservationsConfirmed = changeKind<readonly string[]>('reservation-confirmed', {
  async write(transaction, ids) {
    const confirmed: string[] = [];
    for (const id of ids)
      if ((await transaction.patchFound(RESERVATIONS, [{ id, confirmed: true }])) > 0) confirmed.push(id);
    return confirmed;
  },
  keys: (ids) => ids,
});

/** The time of reservations is over, but for those that were confirmed by then. */
export const reservationsExpired = changeKind<readonly string[]>('reservations-expired', {
  async write(transaction, ids) {
    const where = { id: oneOf(ids), confirmed: false };
    const expired = await transaction.select(RESERVATIONS, { members: ['id'], where, orderBy: ['id'] });
    await transaction.remove(RESERVATIONS, where);
    return expired.map(({ id }) => id);
  },
  keys: (ids) => ids,
});

/** A reservation was released. */
export const reservationEnded = changeKind<{ readonly id: string }>('reservation-ended', {
  write: (transaction, { id }) => transaction.remove(RESERVATIONS, { id }),
  keys: ({ id }) => [id],
});

/** The provider of these reservations is gone. */
export const reservationsDropped = changeKind<{ readonly provider: string }>('reservations-dropped', {
  write: (transaction, { provider }) => transaction.remove(RESERVATIONS, { provider }),
  keys: ({ provider }) => [provider],
});
