import type { Capacity } from '@vitals/core/placement';
import { changeKind } from '../database/change.js';
import { flag, integer, json, type Row, table, text } from '../database/table.js';

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

/** Resources are held, or what was held is confirmed. */
export const reservationMade = changeKind<StoredReservation>('reservation-made', {
  write: (transaction, reservation) =>
    transaction.put(RESERVATIONS, [reservation], {
      overwrite: ['confirmed', 'expiresAtMs', 'expiresPassedMs'],
    }),
  keys: ({ id }) => [id],
});

/** A reservation was released, or its time is over. */
export const reservationEnded = changeKind<{ readonly id: string }>('reservation-ended', {
  write: async (transaction, { id }) => void (await transaction.remove(RESERVATIONS, { id })),
  keys: ({ id }) => [id],
});

/** The provider of these reservations is gone. */
export const reservationsDropped = changeKind<{ readonly provider: string }>('reservations-dropped', {
  write: async (transaction, { provider }) => void (await transaction.remove(RESERVATIONS, { provider })),
  keys: ({ provider }) => [provider],
});
