import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type {
  DecidedAvailability,
  RecordedTransition,
  Transition,
  TransitionState,
} from '@vitals/core/lease';
import { DataSource, type QueryRunner } from 'typeorm';
import {
  type Change,
  ControlPlaneStore,
  type Outcome,
  type StoredInfo,
  type StoredProvider,
} from './control-plane.store.js';
import { ProviderEntity } from './provider.entity.js';
import { TransitionEntity } from './transition.entity.js';

/** SQLite result codes that blame the store, not what was written to it (https://sqlite.org/rescode.html). */
const STORE_IS_AWAY =
  /SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|INTERRUPT)|database is locked|disk (is full|I\/O)|within a transaction/i;

const REPORTS = `
  UPDATE providers SET
    phase = r.value ->> 'phase', reported_at = r.value ->> 'reportedAtMs',
    heard_at = r.value ->> 'heardAtMs', told_ms = r.value ->> 'toldMs'
  FROM json_each(?) AS r WHERE providers.name = r.value ->> 'name'`;

/** Keeps everything in one SQLite file. */
@Injectable()
export class SqliteStore extends ControlPlaneStore {
  constructor(private readonly database: DataSource) {
    super();
  }

  async load(): Promise<{ providers: StoredProvider[]; lastSequence: number }> {
    const rows = await this.database.getRepository(ProviderEntity).find({ order: { name: 'ASC' } });
    const last = await this.database.getRepository(TransitionEntity).maximum('sequence');
    return { providers: rows.map(toProvider), lastSequence: last ?? 0 };
  }

  /**
   * Speaks of transactions in SQL: SQLite ends one by itself when the disk is full, and TypeORM, which counts
   * them, would take every later commit for a nested one and never write again.
   */
  async commit(changes: readonly Change[]): Promise<Outcome[]> {
    const runner = this.database.createQueryRunner();
    try {
      await runner.query('BEGIN IMMEDIATE');
      const outcomes: Outcome[] = [];
      for (const change of changes) outcomes.push(await this.apply(runner, change));
      await runner.query('COMMIT');
      return outcomes;
    } catch (error) {
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

  private async apply(runner: QueryRunner, change: Change): Promise<Outcome> {
    switch (change.kind) {
      case 'register':
        await this.register(runner, change);
        return undefined;
      case 'info':
        await runner.query('UPDATE providers SET info = ? WHERE name = ?', [
          JSON.stringify(change.info),
          change.name,
        ]);
        return undefined;
      case 'reports':
        await runner.query(REPORTS, [JSON.stringify(change.reports)]);
        return undefined;
      case 'transition':
        return this.record(runner, change.transition);
      case 'remove':
        return this.remove(runner, change.name, change.transition);
      default:
        return change satisfies never;
    }
  }

  private async register(
    runner: QueryRunner,
    { provider, info }: Extract<Change, { kind: 'register' }>,
  ): Promise<void> {
    const { registration, id, generation, registeredAtMs } = provider;
    await runner.query(
      `INSERT INTO providers (name, id, generation, registration, registered_at, info, told_ms, availability, state_since)
       VALUES (?, ?, ?, ?, ?, ?, 0, 'Unknown', ?)
       ON CONFLICT (name) DO UPDATE SET
         generation = excluded.generation, registration = excluded.registration,
         registered_at = excluded.registered_at, info = excluded.info`,
      [
        registration.name,
        id,
        generation,
        JSON.stringify(registration),
        registeredAtMs,
        JSON.stringify(info),
        registeredAtMs,
      ],
    );
  }

  /** Whoever updates the row owns the transition; a second one finds the state already changed. */
  private async record(runner: QueryRunner, transition: Transition): Promise<Outcome> {
    const { subject, from, to, atMs } = transition;
    const owned: unknown[] = await runner.query(
      'UPDATE providers SET availability = ?, state_since = ? WHERE name = ? AND availability = ? RETURNING name',
      [to, atMs, subject, from],
    );
    if (owned.length === 0) return undefined;
    const sequence = await this.append(runner, transition);
    await runner.query('UPDATE providers SET last_sequence = ? WHERE name = ?', [sequence, subject]);
    return { ...transition, sequence };
  }

  private async remove(runner: QueryRunner, name: string, transition: Transition): Promise<Outcome> {
    const removed = (await runner.query('DELETE FROM providers WHERE name = ? RETURNING availability', [
      name,
    ])) as {
      availability: DecidedAvailability;
    }[];
    const from = removed[0]?.availability;
    return from && { ...transition, from, sequence: await this.append(runner, { ...transition, from }) };
  }

  private async append(
    runner: QueryRunner,
    { kind, subject, from, to, cause, atMs }: Transition,
  ): Promise<number> {
    const [row] = (await runner.query(
      'INSERT INTO transitions (kind, subject, from_state, to_state, cause, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING sequence',
      [kind, subject, from, to, cause, atMs],
    )) as [{ sequence: number }];
    return row.sequence;
  }
}

function toProvider(row: ProviderEntity): StoredProvider {
  return {
    registration: JSON.parse(row.registration) as StoredProvider['registration'],
    id: row.id,
    generation: row.generation,
    registeredAtMs: Number(row.registeredAt),
    info: JSON.parse(row.info) as StoredInfo,
    report: {
      phase: row.phase ?? undefined,
      reportedAtMs: toMs(row.reportedAt),
      heardAtMs: toMs(row.heardAt),
      toldMs: row.toldMs,
    },
    availability: row.availability as DecidedAvailability,
    stateSinceMs: Number(row.stateSince),
    cordoned: row.cordoned === 1,
    lastSequence: row.lastSequence,
  };
}

function toTransition(row: TransitionEntity): RecordedTransition {
  return {
    sequence: row.sequence,
    kind: row.kind as Transition['kind'],
    subject: row.subject,
    from: row.from as TransitionState,
    to: row.to as TransitionState,
    cause: row.cause,
    atMs: Number(row.at),
  };
}

/** TypeORM gives a `bigint` column back as text. */
function toMs(value: number | string | null): number | undefined {
  return value === null ? undefined : Number(value);
}

function asStoreError(error: unknown): unknown {
  const text = error instanceof Error ? `${(error as NodeJS.ErrnoException).code} ${error.message}` : '';
  if (!STORE_IS_AWAY.test(text)) return error;
  return new VitalsError('store-unavailable', 'the database cannot be written to now; try again', {
    cause: error,
  });
}
