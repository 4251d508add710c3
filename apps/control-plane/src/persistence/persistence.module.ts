import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../settings/settings.js';
import { ControlPlaneStore } from './control-plane.store.js';
import { sqliteOptions } from './data-source.js';
import { Journal } from './journal.js';
import { SqliteStore } from './sqlite.store.js';

/** The store and its one writer. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Settings],
      useFactory: ({ databasePath }: Settings) => ({ ...sqliteOptions(databasePath), retryAttempts: 0 }),
    }),
  ],
  providers: [{ provide: ControlPlaneStore, useClass: SqliteStore }, Journal],
  exports: [ControlPlaneStore, Journal],
})
export class PersistenceModule {}
