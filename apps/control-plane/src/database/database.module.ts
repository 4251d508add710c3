import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Settings } from '../settings/settings.js';
import { BackupWriter, Database } from './database.js';
import { Feed } from './feed.js';
import { Journal } from './journal.js';
import { PassedTime } from './passed-time.js';
import { Retention } from './retention.js';
import { sqliteOptions } from './sqlite/data-source.js';
import { DatabaseFile } from './sqlite/database.file.js';
import { SqliteBackup } from './sqlite/sqlite.backup.js';
import { DatabaseWatch, SqliteDatabase } from './sqlite/sqlite.database.js';
import { TRANSITIONS } from './transition.record.js';

/** The file of the database, which is looked at apart from it. */
@Module({
  providers: [
    {
      provide: DatabaseFile,
      inject: [Settings],
      useFactory: ({ databasePath }: Settings) => new DatabaseFile(databasePath),
    },
  ],
  exports: [DatabaseFile],
})
class DatabaseFileModule {}

/** The database, its one writer, and the feed of what was written. */
@Global()
@Module({
  imports: [
    DatabaseFileModule,
    TypeOrmModule.forRootAsync({
      imports: [DatabaseFileModule],
      inject: [Settings, DatabaseFile],
      useFactory: ({ databasePath }: Settings, file: DatabaseFile) => ({
        ...sqliteOptions(databasePath, file),
        retryAttempts: 0,
      }),
    }),
  ],
  providers: [
    {
      provide: Database,
      inject: [DataSource, DatabaseFile],
      useFactory: (source: DataSource, file: DatabaseFile) => new SqliteDatabase(source, file),
    },
    {
      provide: Feed,
      inject: [Database],
      useFactory: async (database: Database) => new Feed(await database.max(TRANSITIONS, 'sequence')),
    },
    { provide: BackupWriter, useClass: SqliteBackup },
    DatabaseWatch,
    Journal,
    PassedTime,
    Retention,
  ],
  exports: [Database, Feed, BackupWriter, Journal, PassedTime],
})
export class DatabaseModule {}
