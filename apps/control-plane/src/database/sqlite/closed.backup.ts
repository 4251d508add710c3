import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { VitalsError } from '@vitals/core/errors';
import type { BackupContent } from '../backup.writer.js';
import { type Connection, driverFor } from './connection.js';
import { countDatabase } from './database.counts.js';
import { DatabaseFile } from './database.file.js';
import { findBootFault } from './database.header.js';
import { NewFile } from './new.file.js';

/**
 * Writes a backup of a database that no control plane has open; what lies in its WAL is in the backup. It is not
 * migrated: whatever version wrote it can read the backup.
 * @param atMs now, in epoch milliseconds
 * @throws VitalsError `backup-conflict` if there is something at the path; `backup-failed` if the database is in use,
 *   missing or damaged, or the backup cannot be written; nothing is left behind then
 */
export async function backUpClosed(databasePath: string, path: string, atMs: number): Promise<BackupContent> {
  const file = resolve(databasePath);
  if (!existsSync(file)) throw failed(`there is no database at ${file}; see DATABASE_URL`);
  const fault = findBootFault(realpathSync(file));
  if (fault !== undefined) throw failed(`the database ${file} cannot be read: ${fault}`);
  const copy = await NewFile.begin(path);
  try {
    const counts = await vacuum(file, copy.begun);
    await copy.publish();
    const { size: bytes } = await copy.handle.stat();
    return { bytes, ...counts, atMs };
  } catch (error) {
    throw error instanceof VitalsError ? error : describe(error, file);
  } finally {
    await copy.end();
  }
}

async function vacuum(file: string, into: string): Promise<Omit<BackupContent, 'bytes' | 'atMs'>> {
  const connection: Connection = new (driverFor(new DatabaseFile(file)))(file, { timeout: 0 });
  try {
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.prepare('BEGIN IMMEDIATE').run();
    connection.prepare('COMMIT').run();
    connection.prepare('VACUUM INTO ?').run(into);
    const query = (text: string): Promise<unknown[]> => Promise.resolve(connection.prepare(text).all());
    return await countDatabase({ query } as never);
  } finally {
    connection.close();
  }
}

function describe(error: unknown, file: string): VitalsError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/SQLITE_BUSY|database is locked/.test(`${code} ${message}`)) {
    return failed(`a control plane uses ${file}; name it with --control-plane, so that it takes the backup`);
  }
  return failed(`${file} was not backed up: ${message}`);
}

function failed(message: string): VitalsError {
  return new VitalsError('backup-failed', message);
}
