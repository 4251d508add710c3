import type { Clock } from '@vitals/core/time';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { BackupWriter } from './backup.writer.js';
import type { Database } from './database.js';

/** One product of databases: opens what `DATABASE_URL` names. */
export abstract class Engine {
  /**
   * Takes the lock of the database, and looks at what is there.
   * @returns options of TypeORM, which migrates it and connects
   * @throws VitalsError `settings-invalid` if it is not for this version; whatever refuses it
   */
  abstract prepare(): Promise<DataSourceOptions>;

  /** The database, which TypeORM has migrated. */
  abstract open(source: DataSource): Promise<Database>;

  abstract backups(source: DataSource, database: Database, clock: Clock): BackupWriter;
}
