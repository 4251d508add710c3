import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../settings/settings.js';
import { BackupWriter } from './backup.writer.js';
import { CheckStore } from './check.store.js';
import { ControlPlaneStore } from './control-plane.store.js';
import { Journal } from './journal.js';
import { PassedTime } from './passed-time.js';
import { RecoveredState } from './recovered.state.js';
import { CheckSecrets } from './secrets/check-secrets.js';
import { SqliteCheckStore } from './sqlite/checks/sqlite.check.store.js';
import { sqliteOptions } from './sqlite/data-source.js';
import { DatabaseFile } from './sqlite/database.file.js';
import { DatabaseWatch } from './sqlite/database.watch.js';
import { SqliteBackup } from './sqlite/sqlite.backup.js';
import { SqliteStore } from './sqlite/sqlite.store.js';

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

/** The store and its one writer. */
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
    { provide: ControlPlaneStore, useClass: SqliteStore },
    { provide: CheckStore, useClass: SqliteCheckStore },
    { provide: BackupWriter, useClass: SqliteBackup },
    {
      provide: CheckSecrets,
      inject: [Settings],
      useFactory: ({ secrets }: Settings) => new CheckSecrets(secrets.keys),
    },
    DatabaseWatch,
    Journal,
    RecoveredState,
    PassedTime,
  ],
  exports: [ControlPlaneStore, CheckStore, CheckSecrets, BackupWriter, Journal, RecoveredState, PassedTime],
})
export class PersistenceModule {}
