import type { Clock } from '@vitals/core/time';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { BackupWriter } from '../backup.writer.js';
import type { Database } from '../database.js';
import { Engine } from '../engine.js';
import { sqliteOptions } from './data-source.js';
import { DatabaseFile } from './database.file.js';
import { SqliteBackup } from './sqlite.backup.js';
import { SqliteDatabase } from './sqlite.database.js';

/** SQLite, in one file. */
export class SqliteEngine extends Engine {
  private readonly file: DatabaseFile;

  /** @param path of the file, or `:memory:` */
  constructor(private readonly path: string) {
    super();
    this.file = new DatabaseFile(path);
  }

  async prepare(): Promise<DataSourceOptions> {
    return sqliteOptions(this.path, this.file);
  }

  async open(source: DataSource): Promise<Database> {
    return new SqliteDatabase(source, this.file);
  }

  backups(source: DataSource, database: Database, clock: Clock): BackupWriter {
    return new SqliteBackup(source, database, this.file, clock);
  }
}
