import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { RecordedTransition } from '@vitals/core/transition';
import { DataSource, type QueryRunner } from 'typeorm';
import type { Change, StoredProvider, StoredRegistration } from '../change.js';
import { ControlPlaneStore, type Outcome, type StoredState } from '../control-plane.store.js';
import { ProviderEntity } from '../entities/provider.entity.js';
import { ReservationEntity } from '../entities/reservation.entity.js';
import { TokenEntity } from '../entities/token.entity.js';
import { TransitionEntity } from '../entities/transition.entity.js';
import { Turns } from '../turns.js';
import { markInUse, renewWal } from './connection.js';
import { connectionOf } from './data-source.js';
import { DatabaseFile } from './database.file.js';
import { ProviderReader } from './provider.reader.js';
import { toReservation, toToken, toTransition } from './rows.js';
import { readMassFailures, readPassed, readSettled } from './mass-failures/mass-failure.rows.js';
import { statementsOf } from './statements.js';
import { asStoreError } from './store.error.js';
import { TransitionWriter } from './transition.writer.js';

/** The one turn of whoever writes. */
const WRITE = 'write';

/** Keeps everything in one SQLite file. */
@Injectable()
export class SqliteStore extends ControlPlaneStore {
  private readonly turns = new Turns();
  private readonly transitionWriter = new TransitionWriter();
  private readonly reader: ProviderReader;

  /** @param file what the database lies in; by default one that nobody looks at */
  constructor(
    private readonly database: DataSource,
    private readonly file: DatabaseFile = new DatabaseFile(':memory:'),
  ) {
    super();
    this.reader = new ProviderReader(database);
  }

  override fault(): string | undefined {
    return this.file.fault()?.detail;
  }

  async load(): Promise<StoredState> {
    if (this.file.isWatched) {
      markInUse(connectionOf(this.database));
      this.file.watch();
    }
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
      passed: await readPassed(this.database),
      massFailures: await readMassFailures(this.database),
      settled: await readSettled(this.database),
    };
  }

  providers(changesSinceMs: number): AsyncIterable<readonly StoredProvider[]> {
    return this.reader.providers(changesSinceMs, this.transitionWriter.mark);
  }

  registrations(keys: readonly number[]): Promise<ReadonlyMap<number, StoredRegistration>> {
    return this.reader.registrations(keys);
  }

  nameOf(id: string): Promise<string | undefined> {
    return this.reader.nameOf(id);
  }

  /**
   * Speaks of transactions in SQL: SQLite ends one by itself when the disk is full, and TypeORM, which counts
   * them, would take every later commit for a nested one and never write again. Nothing is committed unless the
   * files were in their place a moment before: what is acknowledged was begun while they were.
   */
  commit(changes: readonly Change[]): Promise<Outcome[]> {
    return this.turns.take(WRITE, () => this.write(changes));
  }

  /** Runs between two commits, and holds back the next one. */
  betweenCommits<T>(run: () => Promise<T>): Promise<T> {
    return this.turns.take(WRITE, run);
  }

  private async write(changes: readonly Change[]): Promise<Outcome[]> {
    const runner = this.database.createQueryRunner();
    const { mark } = this.transitionWriter;
    try {
      this.assertInPlace();
      this.file.beginWrite();
      await runner.query('BEGIN IMMEDIATE');
      const outcomes: Outcome[] = [];
      for (const change of changes) outcomes.push(await this.apply(runner, change));
      await runner.query('COMMIT');
      return outcomes;
    } catch (error) {
      this.transitionWriter.rollBack(mark);
      await runner.query('ROLLBACK').catch(() => undefined);
      throw asStoreError(error);
    } finally {
      this.file.written();
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

  compact(): Promise<void> {
    return this.betweenCommits(async () => {
      try {
        await this.database.query('VACUUM');
        await this.checkpoint();
      } catch (error) {
        throw asStoreError(error);
      }
    });
  }

  /** @throws VitalsError `store-unavailable`, also if somebody else holds the log open: its part stays there, not lost */
  async checkpoint(): Promise<void> {
    const [{ busy }] = (await this.database
      .query('PRAGMA wal_checkpoint(TRUNCATE)')
      .catch((error: unknown) => {
        throw asStoreError(error);
      })) as [{ busy: number }];
    if (busy === 0) return;
    const detail = 'the log of the database is in use, and was not written back into its file';
    throw new VitalsError('store-unavailable', detail);
  }

  async close(): Promise<void> {
    if (this.database.isInitialized) await this.database.destroy();
  }

  /** @throws VitalsError `store-unavailable` unless the files are where they were opened; a WAL is begun anew */
  private assertInPlace(): void {
    let fault = this.file.fault();
    if (fault?.kind === 'wal-missing') {
      renewWal(connectionOf(this.database));
      this.file.followWal();
      fault = this.file.fault();
    }
    if (fault) throw new VitalsError('store-unavailable', fault.detail);
  }

  private async apply(runner: QueryRunner, change: Change): Promise<Outcome> {
    if (change.kind === 'transitions') return this.transitionWriter.record(runner, change.transitions);
    if (change.kind === 'check-transitions')
      return this.transitionWriter.recordChecks(runner, change.transitions);
    if (change.kind === 'remove') return this.transitionWriter.remove(runner, change.transition);
    if (change.kind === 'together') return this.applyAll(runner, change.changes);
    for (const [statement, parameters] of statementsOf(change))
      await runner.query(statement, [...parameters]);
    return [];
  }

  private async applyAll(runner: QueryRunner, changes: readonly Change[]): Promise<Outcome> {
    const recorded: RecordedTransition[] = [];
    for (const change of changes) recorded.push(...(await this.apply(runner, change)));
    return recorded;
  }
}
