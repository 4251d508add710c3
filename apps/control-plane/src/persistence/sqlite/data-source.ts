import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { VitalsError } from '@vitals/core/errors';
import sqlite from 'libsql';
import type { DataSourceOptions } from 'typeorm';
import { CheckEntity } from '../entities/checks/check.entity.js';
import { CheckStateEntity } from '../entities/checks/check-state.entity.js';
import { RemovedServiceEntity } from '../entities/checks/removed-service.entity.js';
import { ServiceEntity } from '../entities/checks/service.entity.js';
import { UptimeEntity } from '../entities/checks/uptime.entity.js';
import { LeaseEntity } from '../entities/lease.entity.js';
import { ProviderEntity } from '../entities/provider.entity.js';
import { ReservationEntity } from '../entities/reservation.entity.js';
import { TokenEntity } from '../entities/token.entity.js';
import { TransitionEntity } from '../entities/transition.entity.js';
import { ProvidersAndTransitions1763700000000 } from './migrations/1-providers-and-transitions.js';
import { LeasesTokensReservations1763800000000 } from './migrations/2-leases-tokens-reservations.js';
import { ServicesAndChecks1763900000000 } from './migrations/3-services-and-checks.js';
import { MassFailuresAndPassedTime1764000000000 } from './migrations/4-mass-failures-and-passed-time.js';
import { RemovedServices1764100000000 } from './migrations/5-removed-services.js';

/** How long to wait for a predecessor that is just letting go of the file, in milliseconds. */
const LOCK_TIMEOUT_MS = 1_000;

/** Pages of 4 KiB that the log may hold before it is written back: fewer write-backs, each of the same pages. */
const PAGES_OF_LOG = 4_000;

const ENTITIES = [
  ProviderEntity,
  LeaseEntity,
  TransitionEntity,
  TokenEntity,
  ReservationEntity,
  ServiceEntity,
  RemovedServiceEntity,
  CheckEntity,
  CheckStateEntity,
  UptimeEntity,
];

/** The part of a SQLite connection that is used before TypeORM gets it. */
interface Connection {
  pragma(text: string): unknown;
}

/**
 * Options of the embedded database: WAL, every commit flushed to disk, and locked for as long as the process
 * lives, so that two control planes cannot judge the same providers.
 */
export function sqliteOptions(path: string): DataSourceOptions {
  return {
    type: 'better-sqlite3',
    driver: sqlite,
    database: path,
    entities: ENTITIES,
    migrations: [
      ProvidersAndTransitions1763700000000,
      LeasesTokensReservations1763800000000,
      ServicesAndChecks1763900000000,
      MassFailuresAndPassedTime1764000000000,
      RemovedServices1764100000000,
    ],
    migrationsRun: true,
    synchronize: false,
    statementCacheSize: 100,
    timeout: LOCK_TIMEOUT_MS,
    prepareDatabase: (connection: Connection) => {
      connection.pragma('locking_mode = EXCLUSIVE');
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = FULL');
      connection.pragma(`wal_autocheckpoint = ${PAGES_OF_LOG}`);
    },
  };
}

/**
 * Makes sure that a database file can be opened there, before anybody tries: creating folders step by step
 * fails at once where one recursive call can hang (below `/proc`).
 * @throws VitalsError `settings-invalid`, naming the setting and the path
 */
export function prepareDatabasePath(path: string): void {
  if (path === ':memory:') return;
  const file = resolve(path);
  try {
    makeFolder(dirname(file));
    if (existsSync(file) && !statSync(file).isFile()) throw new Error('it is not a file');
    accessSync(existsSync(file) ? file : dirname(file), constants.R_OK | constants.W_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new VitalsError('settings-invalid', `DATABASE_URL: the database ${file} cannot be opened: ${why}`, {
      cause: error,
    });
  }
}

function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is not a folder`);
    return;
  }
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
