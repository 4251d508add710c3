import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { VitalsError } from '@vitals/core/errors';
import sqlite from 'libsql';

/** Where the database lies unless a setting says otherwise; the only one whose folder is created. */
export const DEFAULT_DATABASE_PATH = './data/vitals.db';

/** Only the user of the control plane reads tokens' hashes, and what checks send along. */
export const OWNER_ONLY = 0o600;

/** A predecessor that is just closing the file is seen halfway: looked at again after so many milliseconds. */
const SECOND_LOOK_MS = 1_000;

/**
 * Makes sure that a database can be opened there, before anybody tries: creates the folder of the default path, and
 * a new file, whole or not at all. A file with a wider mode, and its WAL, become readable by their owner only.
 * @throws VitalsError `settings-invalid`, naming the setting, the path and the ways out; nothing was changed then
 */
export async function prepareDatabasePath(path: string): Promise<void> {
  if (path === ':memory:') return;
  const file = resolve(path);
  try {
    assertFolder(dirname(file), file);
    makeFolder(dirname(file));
    const real = await examine(file);
    if (existsSync(real)) narrow(real);
    else create(real);
  } catch (error) {
    throw refusal(file, error);
  }
}

/**
 * Whether a database can be opened or begun there, as far as can be told without opening it; changes nothing.
 * @throws VitalsError as `prepareDatabasePath`
 */
export async function checkDatabasePath(path: string): Promise<void> {
  if (path === ':memory:') return;
  const file = resolve(path);
  try {
    assertFolder(dirname(file), file);
    if (existsSync(dirname(file))) await examine(file);
  } catch (error) {
    throw refusal(file, error);
  }
}

/** @returns the file itself, whatever links lead to it. @throws Error saying why no database can be opened there */
async function examine(file: string): Promise<string> {
  if (existsSync(file) && !statSync(file).isFile()) throw new Error('it is not a file');
  if (!existsSync(file) && isLink(file)) throw new Error('it is a link to a file that does not exist');
  accessSync(existsSync(file) ? file : dirname(file), constants.R_OK | constants.W_OK);
  const real = existsSync(file) ? realpathSync(file) : file;
  if (findBootFault(real) !== undefined) await delay(SECOND_LOOK_MS);
  const fault = findBootFault(real);
  if (fault !== undefined) throw new Error(fault);
  return real;
}

function refusal(file: string, error: unknown): VitalsError {
  const why = error instanceof Error ? error.message : String(error);
  const message = `DATABASE_URL: the database ${file} cannot be opened: ${why}`;
  return new VitalsError('settings-invalid', message, { cause: error });
}

/** Makes what has come to stand in a folder survive power loss. */
export function flushFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A start that is killed leaves no half of a database: the file is begun beside its place, and renamed. */
function create(file: string): void {
  const begun = `${file}.new`;
  for (const left of [begun, `${begun}-journal`]) rmSync(left, { force: true });
  closeSync(openSync(begun, 'wx', OWNER_ONLY));
  chmodSync(begun, OWNER_ONLY);
  const connection = new sqlite(begun);
  connection.exec(`PRAGMA user_version = ${FILE_STATE.closed}`);
  connection.close();
  renameSync(begun, file);
  flushFolder(dirname(file));
}

function narrow(file: string): void {
  for (const name of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) {
    const mode = statSync(name, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & 0o077) !== 0) chmodSync(name, OWNER_ONLY);
  }
}

/** @throws Error unless the folder is there, or may be created: that of the default path alone */
function assertFolder(folder: string, file: string): void {
  if (!existsSync(folder) && file !== resolve(DEFAULT_DATABASE_PATH)) {
    throw new Error(
      `the folder ${folder} does not exist. Mount the volume, correct DATABASE_URL, or create it: mkdir -p ${folder}`,
    );
  }
  let nearest = folder;
  while (!existsSync(nearest)) nearest = dirname(nearest);
  if (!statSync(nearest).isDirectory()) throw new Error(`${nearest} is not a folder`);
  if (nearest !== folder) accessSync(nearest, constants.W_OK | constants.X_OK);
}

/** Step by step: `mkdirSync` with `recursive` does not return on some special file systems. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Values of `user_version` that say whether the file alone is the whole database. */
export const FILE_STATE = {
  /** A control plane has it open, or died with it: the file lacks what lies in its WAL. */
  inUse: 1,
  /** It was closed in order, made by a backup, or just created: the file is everything. */
  closed: 2,
} as const;

/** Fields of the first page of every database (https://sqlite.org/fileformat2.html#the_database_header). */
export const HEADER = { bytes: 100, writeVersion: 18, readVersion: 19, userVersion: 60, wal: 2, rollback: 1 };

const MAGIC = 'SQLite format 3\0';

/** What must be said at boot of the files that lie at a path; `undefined` if a database can be opened or begun there. */
export function findBootFault(file: string): string | undefined {
  const [wal, journal] = [`${file}-wal`, `${file}-journal`];
  if (!existsSync(file)) {
    const left = [wal, journal].find((name) => existsSync(name));
    if (left === undefined) return undefined;
    return `${left} is there without ${file}: a fleet was kept here, and its database file is missing. Put the file back, or remove ${left} and restore a backup; remove ${left} alone to start afresh`;
  }
  const header = readHeader(file);
  if (header.length === 0) return emptyFault(file, wal);
  if (header.length < HEADER.bytes || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    return 'it is not an SQLite database; name another file, or restore a backup';
  }
  const logBytes = statSync(wal, { throwIfNoEntry: false })?.size;
  if (header[HEADER.readVersion] !== HEADER.wal) {
    if (logBytes === undefined || logBytes === 0) return undefined;
    return `${wal} does not belong to it: the file was closed in order, or is a backup, and has no WAL. Remove ${wal} to start from the file`;
  }
  const isWhole = header.readUInt32BE(HEADER.userVersion) !== FILE_STATE.inUse;
  if (isWhole || logBytes !== undefined) return undefined;
  return `it was in use when it was copied, and its ${wal} is missing, so what was written last is missing too. Put ${wal} beside it, or restore a backup; to start with what the file holds, create an empty ${wal}`;
}

function emptyFault(file: string, wal: string): string {
  const logToo = existsSync(wal) ? ` and ${wal}` : '';
  return `it is empty (0 bytes), which no database is. Restore a backup, or remove ${file}${logToo} to start afresh`;
}

/** Only while this process has not opened the database: closing any descriptor of a file ends all its POSIX locks. */
function readHeader(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(HEADER.bytes);
    return header.subarray(0, readSync(descriptor, header, 0, header.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
