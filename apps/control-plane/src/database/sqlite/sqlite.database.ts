import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Turns } from '@vitals/core/commit';
import { VitalsError } from '@vitals/core/errors';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { DataSource } from 'typeorm';
import { AtShutdown } from '../../shutdown/stages.js';
import { Database, type Selection, type Transaction } from '../database.js';
import type { Table } from '../table.js';
import { countDatabase } from './backup.file.js';
import { asDatabaseError, connectionOf, markInUse, renewWal } from './connection.js';
import { DatabaseFile } from './database.file.js';
import {
  countRows,
  type Numbers,
  restoreNumbers,
  selectRows,
  SqliteTransaction,
  Statements,
} from './sqlite.transaction.js';

/** The one turn of whoever writes. */
const WRITE = 'write';

/** Keeps everything in one SQLite file. */
export class SqliteDatabase extends Database {
  private readonly turns = new Turns();
  private readonly numbers: Numbers = new Map();
  private readonly statements: Statements;

  /** @param file what the database lies in, which is watched from now on; by default one that nobody looks at */
  constructor(
    private readonly source: DataSource,
    private readonly file: DatabaseFile = new DatabaseFile(':memory:'),
  ) {
    super();
    this.statements = new Statements(connectionOf(source));
    if (!file.isWatched) return;
    markInUse(connectionOf(source));
    file.watch();
  }

  fault(): string | undefined {
    return this.file.fault()?.detail;
  }

  async select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection: Selection<R, K> = {},
  ): Promise<Pick<R, K>[]> {
    return this.asked((statements) => selectRows(statements, table, selection));
  }

  count<R>(table: Table<R>): Promise<number> {
    return this.asked((statements) => countRows(statements, table));
  }

  /**
   * Speaks of transactions in SQL: SQLite ends one by itself when the disk is full, and TypeORM, which counts
   * them, would take every later commit for a nested one and never write again. Nothing is committed unless the
   * files were in their place a moment before: what is acknowledged was begun while they were.
   */
  transaction<T>(run: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.betweenCommits(async () => {
      const numbers = new Map(this.numbers);
      try {
        this.assertInPlace();
        this.file.beginWrite();
        this.statements.run('BEGIN IMMEDIATE');
        const result = await run(new SqliteTransaction(this.statements, this.numbers));
        this.statements.run('COMMIT');
        return result;
      } catch (error) {
        restoreNumbers(this.numbers, numbers);
        this.rollBack();
        throw asDatabaseError(error);
      } finally {
        this.file.written();
      }
    });
  }

  /** Runs between two commits, and holds back the next one. */
  betweenCommits<T>(run: () => Promise<T>): Promise<T> {
    return this.turns.take(WRITE, run);
  }

  compact(): Promise<void> {
    return this.betweenCommits(async () => {
      await this.asked((statements) => statements.all('VACUUM'));
      await this.checkpoint();
    });
  }

  /** @throws VitalsError `store-unavailable`, also if somebody else holds the log open: its part stays there, not lost */
  async checkpoint(): Promise<void> {
    const [done] = await this.asked((statements) => statements.all('PRAGMA wal_checkpoint(TRUNCATE)'));
    if (done?.['busy'] === 0) return;
    const detail = 'the log of the database is in use, and was not written back into its file';
    throw new VitalsError('store-unavailable', detail);
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  /** SQLite has ended it by itself where the disk is full. */
  private rollBack(): void {
    try {
      this.statements.run('ROLLBACK');
    } catch {
      // there is none
    }
  }

  private async asked<T>(query: (statements: Statements) => T): Promise<T> {
    try {
      return query(this.statements);
    } catch (error) {
      throw asDatabaseError(error);
    }
  }

  /** @throws VitalsError `store-unavailable` unless the files are where they were opened; a WAL is begun anew */
  private assertInPlace(): void {
    let fault = this.file.fault();
    if (fault?.kind === 'wal-missing') {
      renewWal(connectionOf(this.source));
      this.file.followWal();
      fault = this.file.fault();
    }
    if (fault) throw new VitalsError('store-unavailable', fault.detail);
  }
}

/** How often the files are looked at while nothing is written, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** Says at boot which database this is and what it holds, and from then on when its files are not what they were. */
@Injectable()
export class DatabaseWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger('Database');
  private told: string | undefined;
  private timer: CancelTimer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly source: DataSource,
    private readonly database: Database,
    private readonly file: DatabaseFile,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.file.path === ':memory:') {
      this.logger.warn(
        'the database is in memory: nothing outlasts this process (DATABASE_URL=sqlite::memory:)',
      );
      return;
    }
    const { providers, services, checks } = await countDatabase(this.source);
    const holds = `${providers} providers, ${services} services, ${checks} checks`;
    this.logger.log(`database ${this.file.path}${this.file.isNew ? ' (new)' : ''}: ${holds}`);
    this.look();
  }

  @AtShutdown('checkpoint')
  stop(): void {
    this.timer?.();
  }

  private look(): void {
    this.timer = this.clock.after(LOOK_EVERY_MS, () => this.look());
    // a write that begins a WAL anew, where nobody else writes
    if (this.file.fault()?.kind === 'wal-missing') {
      void this.database.transaction(async () => undefined).catch(() => undefined);
    }
    const fault = this.database.fault();
    if (fault === this.told) return;
    this.told = fault;
    if (fault === undefined) this.logger.log(`the database ${this.file.path} is in its place again`);
    else this.logger.error(`nothing is written: ${fault}`);
  }
}
