import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Clock } from '@vitals/core/time';
import { DataSource } from 'typeorm';
import { Settings } from '../settings/settings.js';
import { ChangeFollower } from './change.follower.js';
import { CHANGE_LOG } from './change.log.js';
import { BackupWriter } from './backup.writer.js';
import { Database } from './database.js';
import { DatabaseWatch } from './database.watch.js';
import { Engine } from './engine.js';
import { Feed } from './feed.js';
import { Journal } from './journal.js';
import { PassedTime } from './passed-time.js';
import { ReadAge } from './read.age.js';
import { SqliteEngine } from './sqlite/sqlite.engine.js';
import { TRANSITIONS } from './transition.record.js';

/** What opens the database that is set. */
@Module({
  providers: [{ provide: Engine, inject: [Settings], useFactory: engineOf }],
  exports: [Engine],
})
class EngineModule {}

/** The database, its one writer, and the feed of what was written. */
@Global()
@Module({
  imports: [
    EngineModule,
    TypeOrmModule.forRootAsync({
      imports: [EngineModule],
      inject: [Engine],
      useFactory: async (engine: Engine) => ({ ...(await engine.prepare()), retryAttempts: 0 }),
    }),
  ],
  providers: [
    {
      provide: Database,
      inject: [Engine, DataSource],
      useFactory: (engine: Engine, source: DataSource) => engine.open(source),
    },
    {
      provide: Feed,
      inject: [Database],
      useFactory: async (database: Database) => {
        const sequence = (await database.max(TRANSITIONS, 'sequence')) ?? 0;
        return new Feed({ sequence, number: (await database.max(CHANGE_LOG, 'number')) ?? 0 });
      },
    },
    {
      provide: BackupWriter,
      inject: [Engine, DataSource, Database, Clock],
      useFactory: (engine: Engine, source: DataSource, database: Database, clock: Clock) =>
        engine.backups(source, database, clock),
    },
    ChangeFollower,
    DatabaseWatch,
    Journal,
    PassedTime,
    ReadAge,
  ],
  exports: [ChangeFollower, Database, Feed, BackupWriter, Journal, PassedTime, ReadAge],
})
export class DatabaseModule {}

/** PostgreSQL is loaded by those who use it. */
async function engineOf({ database, kafka }: Settings): Promise<Engine> {
  if (database.kind === 'sqlite') return new SqliteEngine(database.path);
  const { PostgresEngine } = await import('./postgres/postgres.engine.js');
  return new PostgresEngine(
    kafka.brokers.length > 0 ? { ...database, isShared: true } : database,
    database.place,
  );
}
