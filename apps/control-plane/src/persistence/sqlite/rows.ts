import type {
  DecidedAvailability,
  RecordedTransition,
  Suppression,
  Transition,
  TransitionState,
} from '@vitals/core/transition';
import type { StoredProvider, StoredRegistration, StoredReservation, StoredToken } from '../change.js';
import type { LeaseEntity } from '../entities/lease.entity.js';
import type { ProviderEntity } from '../entities/provider.entity.js';
import type { ReservationEntity } from '../entities/reservation.entity.js';
import type { TokenEntity } from '../entities/token.entity.js';
import type { TransitionEntity } from '../entities/transition.entity.js';

/** A provider and its lease in one row; columns carry the names of the entities' members. */
export type ProviderRow = ProviderEntity & LeaseEntity;

/** Selects providers with their leases as `ProviderRow`s: those after a name, up to a number of them. */
export const PROVIDER_ROWS = `
  SELECT p.key, p.name, p.id, p.generation, p.registration, p.registered_at AS registeredAt, p.info,
    p.cordoned, p.drain_requested AS drainRequested, p.token_hash AS tokenHash,
    p.previous_token_hash AS previousTokenHash, l.phase, l.reported_at AS reportedAt, l.heard_at AS heardAt,
    l.told_ms AS advertisedMs, l.availability, l.state_since AS stateSince, l.last_sequence AS lastSequence
  FROM providers p JOIN leases l ON l.key = p.key WHERE p.name > ? ORDER BY p.name LIMIT ?`;

/** What a registration is read from. */
export type RegistrationRow = Pick<
  ProviderEntity,
  'key' | 'registration' | 'id' | 'generation' | 'registeredAt'
>;

export function toRegistration(row: RegistrationRow): StoredRegistration {
  return {
    key: row.key,
    registration: JSON.parse(row.registration) as StoredRegistration['registration'],
    id: row.id,
    generation: row.generation,
    registeredAtMs: row.registeredAt,
  };
}

export function toProvider(row: ProviderRow, changedAtMs: readonly number[]): StoredProvider {
  return {
    ...toRegistration(row),
    tokenHash: row.tokenHash ?? undefined,
    previousTokenHash: row.previousTokenHash ?? undefined,
    cordoned: row.cordoned === 1,
    drainRequested: row.drainRequested === 1,
    info: JSON.parse(row.info) as StoredProvider['info'],
    phase: row.phase ?? undefined,
    reportedAtMs: row.reportedAt ?? undefined,
    heardAtMs: row.heardAt ?? undefined,
    advertisedMs: row.advertisedMs,
    availability: row.availability as DecidedAvailability,
    stateSinceMs: row.stateSince,
    lastSequence: row.lastSequence,
    changedAtMs,
  };
}

/** TypeORM gives a `bigint` column back as text. */
export function toTransition(row: TransitionEntity): RecordedTransition {
  return {
    sequence: row.sequence,
    kind: row.kind as Transition['kind'],
    subject: row.subject,
    from: row.from as TransitionState,
    to: row.to as TransitionState,
    cause: row.cause,
    atMs: Number(row.at),
    ...(row.suppressed !== null && { suppressed: row.suppressed as Suppression }),
  };
}

export function toToken(row: TokenEntity): StoredToken {
  const { id, description, hash } = row;
  return {
    id,
    kind: row.kind as StoredToken['kind'],
    names: JSON.parse(row.names) as string[],
    description,
    hash,
    createdAtMs: Number(row.createdAt),
  };
}

export function toReservation(row: ReservationEntity): StoredReservation {
  return {
    id: row.id,
    provider: row.provider,
    resources: JSON.parse(row.resources) as StoredReservation['resources'],
    confirmed: row.confirmed === 1,
    expiresAtMs: Number(row.expiresAt),
    expiresPassedMs: row.expiresPassed === null ? undefined : Number(row.expiresPassed),
    createdAtMs: Number(row.createdAt),
  };
}
