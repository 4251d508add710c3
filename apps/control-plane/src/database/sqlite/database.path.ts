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
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { VitalsError } from '@vitals/core/errors';
import sqlite from 'libsql';
import { FILE_STATE, findBootFault } from './database.header.js';

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
