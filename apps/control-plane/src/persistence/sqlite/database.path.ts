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
    makeFolder(dirname(file), file === resolve(DEFAULT_DATABASE_PATH));
    if (existsSync(file) && !statSync(file).isFile()) throw new Error('it is not a file');
    if (!existsSync(file) && isLink(file)) throw new Error('it is a link to a file that does not exist');
    accessSync(existsSync(file) ? file : dirname(file), constants.R_OK | constants.W_OK);
    const real = existsSync(file) ? realpathSync(file) : file;
    if (findBootFault(real) !== undefined) await delay(SECOND_LOOK_MS);
    const fault = findBootFault(real);
    if (fault !== undefined) throw new Error(fault);
    if (existsSync(real)) narrow(real);
    else create(real);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new VitalsError('settings-invalid', `DATABASE_URL: the database ${file} cannot be opened: ${why}`, {
      cause: error,
    });
  }
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

/** Step by step: one recursive call can hang below `/proc`. */
function makeFolder(folder: string, mayCreate: boolean): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is not a folder`);
    return;
  }
  if (!mayCreate) {
    throw new Error(
      `the folder ${folder} does not exist. Mount the volume, correct DATABASE_URL, or create it: mkdir -p ${folder}`,
    );
  }
  makeFolder(dirname(folder), true);
  mkdirSync(folder);
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
