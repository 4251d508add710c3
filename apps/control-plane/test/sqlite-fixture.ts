import 'reflect-metadata';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { sqliteOptions } from '../src/database/sqlite/data-source.js';
import { SqliteDatabase } from '../src/database/sqlite/sqlite.database.js';

/** A database, and the connection that it uses. */
export interface Opened {
  readonly database: SqliteDatabase;
  readonly source: DataSource;
}

/** SQLite files in a folder of their own, until `close`. */
export class SqliteFixture {
  private readonly folder = mkdtempSync(join(tmpdir(), 'vitals-'));
  private readonly open: DataSource[] = [];
  private path = join(this.folder, 'vitals.db');

  /** A database on the file, which another one may have open. */
  async opened(): Promise<SqliteDatabase> {
    return (await this.openedWithSource()).database;
  }

  /** The same, with the connection. */
  async openedWithSource(): Promise<Opened> {
    const source = new DataSource(sqliteOptions(this.path));
    await source.initialize();
    this.open.push(source);
    return { database: new SqliteDatabase(source), source };
  }

  /** A database on a copy of what lies on disk while the first is still open. */
  async openedAfterPowerLoss(): Promise<SqliteDatabase> {
    const copy = join(this.folder, `${this.open.length}.db`);
    for (const suffix of ['', '-wal']) copyFileSync(`${this.path}${suffix}`, `${copy}${suffix}`);
    this.path = copy;
    return this.opened();
  }

  async close(): Promise<void> {
    for (const source of this.open.splice(0)) await source.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
