import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { RecordedTransition } from '@vitals/core/lease';
import { DataSource, type QueryRunner } from 'typeorm';
import type { Change, Registration, StoredProvider } from '../change.js';
import { ControlPlaneStore, type Outcome, type StoredState } from '../control-plane.store.js';
import { ProviderEntity } from '../entities/provider.entity.js';
import { ReservationEntity } from '../entities/reservation.entity.js';
import { TokenEntity } from '../entities/token.entity.js';
import { TransitionEntity } from '../entities/transition.entity.js';
import { PROVIDER_ROWS, type ProviderRow, toProvider, toReservation, toToken, toTransition } from './rows.js';
import { TransitionWriter } from './transition.writer.js';

/** Providers read at a time. */
const PAGE = 1_000;
const NO_CHANGES: readonly number[] = [];

/** SQLite result codes that blame the store, not what was written to it (https://sqlite.org/rescode.html). */
const STORE_IS_AWAY =
  /SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|INTERRUPT)|database is locked|disk (is full|I\/O)|within a transaction/i;

const REGISTER = `
  INSERT INTO providers (key, name, id, generation, registration, registered_at, info, token_hash, previous_token_hash)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET
    generation = excluded.generation, registration = excluded.registration, info = excluded.info,
    registered_at = excluded.registered_at, token_hash = excluded.token_hash,
    previous_token_hash = excluded.previous_token_hash, drain_requested = 0`;

const REGISTRATIONS = 'SELECT key, registration FROM providers WHERE key IN (SELECT value FROM json_each(?))';

const START_LEASE = `
  INSERT INTO leases (key, told_ms, availability, state_since) VALUES (?, 0, 'Unknown', ?)
  ON CONFLICT (key) DO NOTHING`;

const REPORTS = `
  UPDATE leases SET
    phase = r.value ->> 'phase', reported_at = r.value ->> 'reportedAtMs',
    heard_at = r.value ->> 'heardAtMs', told_ms = r.value ->> 'toldMs'
  FROM json_each(?) AS r WHERE leases.key = r.value ->> 'key'`;

const RESERVE = `
  INSERT INTO reservations (id, provider, resources, confirmed, expires_at, created_at)
  VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET confirmed = excluded.confirmed, expires_at = excluded.expires_at`;

/** Keeps everything in one SQLite file. */
@Injectable()
export class SqliteStore extends ControlPlaneStore {
  private readonly transitionWriter = new TransitionWriter();

  constructor(private readonly database: DataSource) {
    super();
  }

  async load(): Promise<StoredState> {
    const fleetSize = await this.database.getRepository(ProviderEntity).count();
    const tokens = await this.database.getRepository(TokenEntity).find({ order: { createdAt: 'ASC' } });
    const reservations = await this.database.getRepository(ReservationEntity).find();
    const lastSequence = (await this.database.getRepository(TransitionEntity).maximum('sequence')) ?? 0;
    this.transitionWriter.continueFrom(lastSequence);
    return {
      fleetSize,
      tokens: tokens.map(toToken),
      reservations: reservations.map(toReservation),
      lastSequence,
    };
  }

  async *providers(changesSinceMs: number): AsyncIterable<readonly StoredProvider[]> {
    const changes = await this.recentChanges(changesSinceMs);
    for (let after = ''; ;) {
      const rows: ProviderRow[] = await this.database.query(PROVIDER_ROWS, [after, PAGE]);
      if (rows.length === 0) return;
      yield rows.map((row) => toProvider(row, changes.get(row.name) ?? NO_CHANGES));
      after = (rows.at(-1) as ProviderRow).name;
    }
  }

  async registrations(keys: readonly number[]): Promise<ReadonlyMap<number, Registration>> {
    const rows: { key: number; registration: string }[] = await this.database.query(REGISTRATIONS, [
      JSON.stringify(keys),
    ]);
    return new Map(rows.map(({ key, registration }) => [key, JSON.parse(registration) as Registration]));
  }

  /**
   * Speaks of transactions in SQL: SQLite ends one by itself when the disk is full, and TypeORM, which counts
   * them, would take every later commit for a nested one and never write again.
   */
  async commit(changes: readonly Change[]): Promise<Outcome[]> {
    const runner = this.database.createQueryRunner();
    const { mark } = this.transitionWriter;
    try {
      await runner.query('BEGIN IMMEDIATE');
      const outcomes: Outcome[] = [];
      for (const change of changes) outcomes.push(await this.apply(runner, change));
      await runner.query('COMMIT');
      return outcomes;
    } catch (error) {
      this.transitionWriter.rollBack(mark);
      await runner.query('ROLLBACK').catch(() => undefined);
      throw asStoreError(error);
    }
  }

  async transitions(since: number, limit: number): Promise<RecordedTransition[]> {
    const rows = await this.database
      .getRepository(TransitionEntity)
      .createQueryBuilder('t')
      .where('t.sequence > :since', { since })
      .orderBy('t.sequence', 'ASC')
      .limit(limit)
      .getMany();
    return rows.map(toTransition);
  }

  /** When the transitions since then were decided, by provider; first heartbeats do not count. */
  private async recentChanges(sinceMs: number): Promise<Map<string, number[]>> {
    const rows: { subject: string; at: number }[] = await this.database.query(
      `SELECT subject, at FROM transitions
       WHERE at >= ? AND kind = 'provider' AND (from_state, to_state) <> ('Unknown', 'Available') ORDER BY sequence`,
      [sinceMs],
    );
    const changes = new Map<string, number[]>();
    for (const { subject, at } of rows) {
      const known = changes.get(subject);
      if (known) known.push(at);
      else changes.set(subject, [at]);
    }
    return changes;
  }

  private async apply(runner: QueryRunner, change: Change): Promise<Outcome> {
    if (change.kind === 'transitions') return this.transitionWriter.record(runner, change.transitions);
    if (change.kind === 'remove') return this.transitionWriter.remove(runner, change.transition);
    for (const [statement, parameters] of statementsOf(change)) await runner.query(statement, parameters);
    return [];
  }
}

/** The statements of a change that records no transition, in order. */
function statementsOf(
  change: Exclude<Change, { kind: 'transitions' | 'remove' }>,
): [statement: string, parameters: unknown[]][] {
  switch (change.kind) {
    case 'register': {
      const { key, registration, id, generation, registeredAtMs, ...credentials } = change.provider;
      const { tokenHash = null, previousTokenHash = null } = credentials;
      const texts = [JSON.stringify(registration), registeredAtMs, JSON.stringify(change.info)];
      const row = [key, registration.name, id, generation, ...texts, tokenHash, previousTokenHash];
      return [
        [REGISTER, row],
        [START_LEASE, [key, registeredAtMs]],
      ];
    }
    case 'credentials': {
      const { tokenHash = null, previousTokenHash = null } = change.credentials;
      const set = 'UPDATE providers SET token_hash = ?, previous_token_hash = ? WHERE key = ?';
      return [[set, [tokenHash, previousTokenHash, change.key]]];
    }
    case 'orders': {
      const { cordoned, drainRequested } = change.orders;
      const set = 'UPDATE providers SET cordoned = ?, drain_requested = ? WHERE key = ?';
      return [[set, [cordoned, drainRequested, change.key]]];
    }
    case 'info':
      return [['UPDATE providers SET info = ? WHERE key = ?', [JSON.stringify(change.info), change.key]]];
    case 'reports':
      return [[REPORTS, [JSON.stringify(change.reports)]]];
    case 'token-given': {
      const { id, kind, names, description, hash, createdAtMs } = change.token;
      const row = [id, kind, JSON.stringify(names), description, hash, createdAtMs];
      return [
        [
          'INSERT INTO tokens (id, kind, names, description, hash, created_at) VALUES (?, ?, ?, ?, ?, ?)',
          row,
        ],
      ];
    }
    case 'token-revoked':
      return [['DELETE FROM tokens WHERE id = ?', [change.id]]];
    case 'reservation': {
      const { id, provider, resources, confirmed, expiresAtMs, createdAtMs } = change.reservation;
      return [[RESERVE, [id, provider, JSON.stringify(resources), confirmed, expiresAtMs, createdAtMs]]];
    }
    case 'reservation-ended':
      return [['DELETE FROM reservations WHERE id = ?', [change.id]]];
    default:
      return change satisfies never;
  }
}

function asStoreError(error: unknown): unknown {
  const text = error instanceof Error ? `${(error as NodeJS.ErrnoException).code} ${error.message}` : '';
  if (!STORE_IS_AWAY.test(text)) return error;
  return new VitalsError('store-unavailable', 'the database cannot be written to now; try again', {
    cause: error,
  });
}
