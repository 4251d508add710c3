import { Logger } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { type BackupContent, BackupWriter } from '../backup.writer.js';
import { type Database } from '../database.js';
import { Engine } from '../engine.js';
import { preparePostgres } from './data-source.js';
import type { PostgresOptions } from './postgres.client.js';
import { PostgresDatabase } from './postgres.database.js';
import { textOf } from './postgres.errors.js';
import { WriterConnection } from './writer.connection.js';

/** PostgreSQL 15 or newer. */
export class PostgresEngine extends Engine {
  private readonly logger = new Logger('Database');
  private readonly writer: WriterConnection;
  private isNew = false;

  /** @param place the URL without credentials, for people */
  constructor(
    private readonly connecting: PostgresOptions,
    private readonly place: string,
  ) {
    super();
    this.writer = new WriterConnection(connecting);
  }

  async prepare(): Promise<DataSourceOptions> {
    const onWait = (why: string): void => this.logger.warn(`waiting for the database ${this.place}: ${why}`);
    try {
      const { options, isNew, warnings } = await preparePostgres(this.connecting, this.writer, onWait);
      for (const warning of warnings) this.logger.warn(warning);
      this.isNew = isNew;
      return options;
    } catch (error) {
      await this.writer.close().catch(() => undefined);
      if (error instanceof VitalsError) throw error;
      const detail = `the database ${this.place} cannot be opened: ${textOf(error)}`;
      throw new VitalsError('settings-invalid', `DATABASE_URL: ${detail}`, { cause: error });
    }
  }

  async open(source: DataSource): Promise<Database> {
    await this.writer.endMigrating();
    const database = new PostgresDatabase(source, this.writer, this.place, this.isNew);
    if (this.connecting.isShared) await database.holdMoment(this.connecting);
    return database;
  }

  backups(): BackupWriter {
    return new PostgresTools();
  }
}

/** PostgreSQL has tools for backups, which know more than this process: of replicas, and of points in time. */
class PostgresTools extends BackupWriter {
  write(): Promise<BackupContent> {
    const detail = 'PostgreSQL is backed up by its own tools: pg_dump --format=custom "$DATABASE_URL"';
    return Promise.reject(new VitalsError('backup-conflict', detail));
  }
}
