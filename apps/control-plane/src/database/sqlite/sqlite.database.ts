import { Turns } from '@vitals/core/commit';
import { VitalsError } from '@vitals/core/errors';
import { DataSource } from 'typeorm';
import { countDatabase } from '../content.js';
import { type ContentCounts, Database, type Selection, type Transaction } from '../database.js';
import { countRows, type Numbers, restoreNumbers, selectRows, SqlTransaction } from '../sql.transaction.js';
import type { Table } from '../table.js';
import { asDatabaseError, connectionOf, markInUse, renewWal } from './connection.js';
import { DatabaseFile } from './database.file.js';
import { SQLITE_BUILDER, SqliteStatements } from './sqlite.statements.js';

/** The one turn of whoever writes. */
const WRITE = 'write';

/** Keeps everything in one SQLite file. */
export class SqliteDatabase extends Database {
  readonly product = 'sqlite';
  private readonly turns = new Turns();
  private readonly numbers: Numbers = new Map();
  private readonly statements: SqliteStatements;

  /** @param file what the database lies in, which is watched from now on; by default one that nobody looks at */
  constructor(
    private readonly source: DataSource,
    private readonly file: DatabaseFile = new DatabaseFile(':memory:'),
  ) {
    super();
    this.statements = new SqliteStatements(connectionOf(source));
    if (!file.isWatched) return;
    markInUse(connectionOf(source));
    file.watch();
  }

  get place(): string {
    return this.file.path;
  }

  get isNew(): boolean {
    return this.file.isNew;
  }

  fault(): string | undefined {
    return this.file.fault()?.detail;
  }

  /** Begins a WAL anew where it was removed: with a write, where nobody else writes. */
  async tend(): Promise<void> {
    if (this.file.fault()?.kind === 'wal-missing') await this.transaction(async () => undefined);
  }

  content(): Promise<ContentCounts> {
    return countDatabase(this.source);
  }

  async select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection: Selection<R, K> = {},
  ): Promise<Pick<R, K>[]> {
    return this.asked((statements) => selectRows(statements, SQLITE_BUILDER, table, selection));
  }

  count<R>(table: Table<R>): Promise<number> {
    return this.asked((statements) => countRows(statements, table));
  }

  /**
   * Speaks of transactions in SQL: SQLite ends one by itself when the disk is full, and TypeORM, which counts
   * them, would take every later commit for a nested one and never write again. Nothing is committed unless the
   * files were in their place a moment before: what is acknowledged was begun while they were.
   */
  transaction<T>(run: (transaction: Transaction) => Promise<T>, durable?: (result: T) => void): Promise<T> {
    return this.betweenCommits(async () => {
      const numbers = new Map(this.numbers);
      try {
        this.assertInPlace();
        this.file.beginWrite();
        this.statements.execute('BEGIN IMMEDIATE');
        const result = await run(new SqlTransaction(this.statements, SQLITE_BUILDER, this.numbers));
        this.statements.execute('COMMIT');
        durable?.(result);
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

  betweenCommits<T>(run: () => Promise<T>): Promise<T> {
    return this.turns.take(WRITE, run);
  }

  compact(): Promise<void> {
    return this.betweenCommits(async () => {
      await this.asked((statements) => statements.all({ text: 'VACUUM', parameters: [] }));
      await this.checkpoint();
    });
  }

  /** @throws VitalsError `store-unavailable`, also if somebody else holds the log open: its part stays there, not lost */
  async checkpoint(): Promise<void> {
    const text = 'PRAGMA wal_checkpoint(TRUNCATE)';
    const [done] = await this.asked((statements) => statements.all({ text, parameters: [] }));
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
      this.statements.execute('ROLLBACK');
    } catch {
      // there is none
    }
  }

  private async asked<T>(query: (statements: SqliteStatements) => Promise<T>): Promise<T> {
    try {
      return await query(this.statements);
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
