import { VitalsError } from '@vitals/core/errors';
import type { DataSourceOptions } from 'typeorm';
import { type Connection, driverFor, letGo } from './connection.js';
import { DatabaseFile } from './database.file.js';
import { FILE_STATE } from './database.path.js';
import { ProvidersAndTransitions1763700000000 } from './migrations/1-providers-and-transitions.js';
import { LeasesTokensReservations1763800000000 } from './migrations/2-leases-tokens-reservations.js';
import { ServicesAndChecks1763900000000 } from './migrations/3-services-and-checks.js';
import { MassFailuresAndPassedTime1764000000000 } from './migrations/4-mass-failures-and-passed-time.js';
import { RemovedServices1764100000000 } from './migrations/5-removed-services.js';
import { ChangeLog1764200000000 } from './migrations/6-change-log.js';

/** Pages of 4 KiB that the log may hold before it is written back: fewer write-backs, each of the same pages. */
export const PAGES_OF_LOG = 4_000;

/** Where TypeORM keeps the names of the migrations that were applied. */
const MIGRATIONS_TABLE = 'migrations';

const TABLES = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`;

const STATE = 'SELECT user_version AS state, page_count AS pages FROM pragma_user_version, pragma_page_count';

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

/**
 * Takes the lock, and then prepares the file: WAL, every commit flushed to disk.
 * @param migrations names of those that this version knows, oldest first
 * @returns whether nothing was ever written to the database
 * @throws VitalsError `settings-invalid` if the database is not for this version; nothing was written to it then
 */
export function prepareConnection(
  connection: Connection,
  path: string,
  migrations: readonly string[],
): boolean {
  connection.pragma('locking_mode = EXCLUSIVE');
  let isNew: boolean;
  try {
    isNew = assertKnown(connection, path, migrations);
  } catch (error) {
    if (error instanceof VitalsError) letGo(connection);
    throw error;
  }
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma(`wal_autocheckpoint = ${PAGES_OF_LOG}`);
  return isNew;
}

/** Reads only. @returns whether nothing was ever written to the database */
function assertKnown(connection: Connection, path: string, migrations: readonly string[]): boolean {
  const tables = connection.prepare(TABLES).all() as { name: string }[];
  if (tables.length === 0) {
    const [{ state, pages }] = connection.prepare(STATE).all() as [{ state: number; pages: number }];
    if (pages === 0 || state === FILE_STATE.closed) return true;
    throw refusal(
      path,
      'it holds no tables: it was copied without its -wal, or that was cut off. Put the -wal beside it, or restore a backup; remove the file to start afresh',
    );
  }
  if (!tables.some(({ name }) => name === MIGRATIONS_TABLE)) {
    throw refusal(path, `it is the database of another program (${tables[0]?.name}); name another file`);
  }
  const applied = connection.prepare(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`).all() as {
    name: string;
  }[];
  const unknown = applied.map(({ name }) => name).filter((name) => !migrations.includes(name));
  if (unknown.length > 0) {
    throw refusal(
      path,
      `it was migrated by a newer version (${unknown.join(', ')}; the newest that this version knows is ${migrations.at(-1)}). Start that version, or restore a backup that was made before`,
    );
  }
  return applied.length === 0;
}

function refusal(path: string, why: string): VitalsError {
  return new VitalsError('settings-invalid', `DATABASE_URL: the database ${path} cannot be opened: ${why}`);
}
