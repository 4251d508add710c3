import { accessSync, constants, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type ErrorCode, VitalsError } from '@vitals/core/errors';
import type { Settings } from '../settings/settings.js';

/** Names that a backup may have: of one file in the folder of backups, and of none that SQLite uses itself. */
export const BACKUP_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,123}\.db$/;

/** Whoever may not read the database may not see its backups. */
const OWNER_ONLY = 0o700;

type Folders = Pick<Settings, 'backupFolder' | 'database'>;

/** The folder of backups, absolute: the one that is set, or `backups` beside the database. */
export function backupFolderOf({ backupFolder, database }: Folders): string {
  const isFile = database.kind === 'sqlite' && database.path !== ':memory:';
  return resolve(backupFolder ?? join(isFile ? dirname(database.path) : '.', 'backups'));
}

/** A name for a backup that is made now, such as `vitals-20260131T100000123Z.db`. */
export function backupNameAt(atMs: number): string {
  return `vitals-${new Date(atMs).toISOString().replaceAll(/[-:.]/g, '')}.db`;
}

/**
 * Makes sure that the folder that is set, if any, can be written to: it may be a volume that is not mounted.
 * @throws VitalsError `settings-invalid`, or the given code, naming the setting, the folder and the ways out
 */
export function assertBackupFolder(settings: Folders, code: ErrorCode = 'settings-invalid'): void {
  const fault = settings.backupFolder === undefined ? undefined : faultOf(backupFolderOf(settings));
  if (fault !== undefined) throw new VitalsError(code, `VITALS_BACKUP_DIR: ${fault}`);
}

/** Creates the folder beside the database if it is missing. @throws VitalsError `backup-failed` */
export async function prepareBackupFolder(settings: Folders): Promise<string> {
  assertBackupFolder(settings, 'backup-failed');
  const folder = backupFolderOf(settings);
  if (settings.backupFolder !== undefined) return folder;
  await mkdir(folder, OWNER_ONLY).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return;
    const detail = `the folder of backups ${folder} cannot be created: ${error.message}; create it, or set VITALS_BACKUP_DIR to one that is there`;
    throw new VitalsError('backup-failed', detail, { cause: error });
  });
  return folder;
}

function faultOf(folder: string): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is not a folder; set VITALS_BACKUP_DIR to one`;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      return `the folder ${folder} does not exist. Mount the volume, correct VITALS_BACKUP_DIR, or create it: mkdir -p ${folder}`;
    return `the folder ${folder} cannot be written to: ${message}. Make it writable, or set VITALS_BACKUP_DIR to another one`;
  }
}
