import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../settings/settings.js';
import { CheckStore } from './check.store.js';
import { ControlPlaneStore } from './control-plane.store.js';
import { Journal } from './journal.js';
import { PassedTime } from './passed-time.js';
import { RecoveredState } from './recovered.state.js';
import { SqliteCheckStore } from './sqlite/checks/sqlite.check.store.js';
import { sqliteOptions } from './sqlite/data-source.js';
import { SqliteStore } from './sqlite/sqlite.store.js';

/** The store and its one writer. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Settings],
      useFactory: ({ databasePath }: Settings) => ({ ...sqliteOptions(databasePath), retryAttempts: 0 }),
    }),
  ],
  providers: [
    { provide: ControlPlaneStore, useClass: SqliteStore },
    { provide: CheckStore, useClass: SqliteCheckStore },
    Journal,
    RecoveredState,
    PassedTime,
  ],
  exports: [ControlPlaneStore, CheckStore, Journal, RecoveredState, PassedTime],
})
export class PersistenceModule {}
