import { VitalsError } from '@vitals/core/errors';
import sqlite from 'libsql';
import type { DataSource } from 'typeorm';
import type { DatabaseFile } from './database.file.js';
import { FILE_STATE } from './database.path.js';

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
export function letGo(connection: Connection): void {
  connection.pragma('locking_mode = NORMAL');
  connection.pragma('schema_version');
}

/** The connection that TypeORM uses. */
export function connectionOf(database: DataSource): Connection {
  return (database.driver as unknown as { databaseConnection: Connection }).databaseConnection;
}

/** SQLite result codes that blame the database, not what was written to it (https://sqlite.org/rescode.html). */
const IS_AWAY =
  /SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|INTERRUPT)|database is locked|disk (is full|I\/O)|within a transaction/i;

/**
 * `store-unavailable` for an error that blames the database; of an error that TypeORM wrapped, the `VitalsError` that
 * the connection threw; any other error as it is.
 */
export function asDatabaseError(error: unknown): unknown {
  const { driverError } = (error ?? {}) as { driverError?: unknown };
  if (driverError instanceof VitalsError) return driverError;
  const text = error instanceof Error ? `${(error as NodeJS.ErrnoException).code} ${error.message}` : '';
  if (!IS_AWAY.test(text)) return error;
  return new VitalsError('store-unavailable', 'the database cannot be written to now; try again', {
    cause: error,
  });
}
