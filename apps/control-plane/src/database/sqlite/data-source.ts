import type { DataSource, DataSourceOptions } from 'typeorm';
import { type Connection, driverFor, prepareConnection } from './connection.js';
import { DatabaseFile } from './database.file.js';
import { ProvidersAndTransitions1763700000000 } from '../migrations/1-providers-and-transitions.js';
import { LeasesTokensReservations1763800000000 } from '../migrations/2-leases-tokens-reservations.js';
import { ServicesAndChecks1763900000000 } from '../migrations/3-services-and-checks.js';
import { MassFailuresAndPassedTime1764000000000 } from '../migrations/4-mass-failures-and-passed-time.js';
import { RemovedServices1764100000000 } from '../migrations/5-removed-services.js';
import { ChangeLog1764200000000 } from '../migrations/6-change-log.js';

/** How long to wait for a previous process that is closing the file, in milliseconds. */
const LOCK_TIMEOUT_MS = 1_000;

/**
 * Options of the embedded database: WAL, every commit flushed to disk, and locked for as long as the process
 * lives, so that two control planes cannot judge the same providers.
 * @param file the state of the file at the path; by default the path is not examined
 */
export function sqliteOptions(path: string, file = new DatabaseFile(':memory:')): DataSourceOptions {
  const options = {
    type: 'better-sqlite3',
    driver: driverFor(file),
    database: path,
    migrations: [
      ProvidersAndTransitions1763700000000,
      LeasesTokensReservations1763800000000,
      ServicesAndChecks1763900000000,
      MassFailuresAndPassedTime1764000000000,
      RemovedServices1764100000000,
      ChangeLog1764200000000,
    ],
    migrationsRun: true,
    synchronize: false,
    statementCacheSize: 100,
    timeout: LOCK_TIMEOUT_MS,
    prepareDatabase: (connection: Connection) => {
      const known = options.migrations.map((migration) => new migration().name);
      file.isNew = prepareConnection(connection, path, known);
    },
  } satisfies DataSourceOptions;
  return options;
}

/** The connection that TypeORM uses. */
export function connectionOf(database: DataSource): Connection {
  return (database.driver as unknown as { databaseConnection: Connection }).databaseConnection;
}
