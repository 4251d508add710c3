import { VitalsError } from '@vitals/core/errors';
import sqlite from 'libsql';
import type { DatabaseFile } from './database.file.js';
import { FILE_STATE } from './database.header.js';

/** Pages of 4 KiB that the log may hold before it is written back: fewer write-backs, each of the same pages. */
export const PAGES_OF_LOG = 4_000;

/** Where TypeORM keeps the names of the migrations that were applied. */
const MIGRATIONS_TABLE = 'migrations';

const TABLES = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`;

const STATE = 'SELECT user_version AS state, page_count AS pages FROM pragma_user_version, pragma_page_count';

/** A statement of a connection. */
export interface Prepared {
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): unknown;
}

/** The connection below TypeORM, for what is done to the file itself. */
export interface Connection {
  prepare(text: string): Prepared;
  pragma(text: string): unknown;
  close(): unknown;
}

/** The driver, without the generics of its types. */
const Driver = sqlite as unknown as new (path: string, options: object) => Connection;

/** Statements that change the length of a file outside of a commit. */
const MAINTENANCE = /^\s*(VACUUM|PRAGMA\s+(wal_checkpoint|journal_mode|user_version))\b/i;

/**
 * The driver for one file. What its connection does to the length of the files is no fault of them, whoever asked for
 * it; it is closed in such a way that the file alone is the whole database.
 */
export function driverFor(file: DatabaseFile): new (path: string, options: object) => Connection {
  return class extends Driver {
    constructor(path: string, options: object) {
      file.open();
      super(path, options);
    }

    override prepare(text: string): Prepared {
      const statement = super.prepare(text);
      if (MAINTENANCE.test(text)) {
        const all = statement.all.bind(statement);
        const run = statement.run.bind(statement);
        statement.all = (...parameters) => maintain(file, () => all(...parameters));
        statement.run = (...parameters) => maintain(file, () => run(...parameters));
      }
      return statement;
    }

    override close(): void {
      if (leaveWhole(this, file)) super.close();
      file.close();
    }
  };
}

/** @throws VitalsError `store-unavailable` if another program wrote into the file: this would finish it off */
function maintain<T>(file: DatabaseFile, run: () => T): T {
  const fault = file.fault();
  if (fault?.kind === 'changed') throw new VitalsError('store-unavailable', fault.detail);
  file.beginWrite();
  try {
    return run();
  } finally {
    file.written();
  }
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

/** Says in the file itself that it lacks what lies in its WAL, before there is anything that it lacks. */
export function markInUse(connection: Connection): void {
  connection.pragma(`user_version = ${FILE_STATE.inUse}`);
  connection.pragma('wal_checkpoint(FULL)');
}

/** Begins a WAL in the place of one that was removed; what that held is in the file before. */
export function renewWal(connection: Connection): void {
  connection.pragma('journal_mode = DELETE');
  connection.pragma('journal_mode = WAL');
  // the file is there as soon as something was written to it
  markInUse(connection);
}

/** Whether the file, its lock let go, is in such a state that closing the connection harms nobody. */
function leaveWhole(connection: Connection, file: DatabaseFile): boolean {
  // SQLite removes a WAL by its path: it may be somebody else's by now
  if (file.fault()) return false;
  try {
    connection.pragma(`user_version = ${FILE_STATE.closed}`);
    connection.pragma('wal_checkpoint(TRUNCATE)');
    connection.pragma('journal_mode = DELETE');
    letGo(connection);
    return true;
  } catch {
    // a disk that is full: file and WAL stay as they are, and are recovered at the next start
    return false;
  }
}

/** Gives up the lock of a database that is not in WAL mode; it is let go with the next read. */
function letGo(connection: Connection): void {
  connection.pragma('locking_mode = NORMAL');
  connection.pragma('schema_version');
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
