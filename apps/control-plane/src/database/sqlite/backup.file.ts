import { existsSync, realpathSync } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { VitalsError } from '@vitals/core/errors';
import { countDatabase } from '../content.js';
import type { BackupContent } from '../backup.writer.js';
import type { ContentCounts } from '../database.js';
import { type Connection, driverFor } from './connection.js';
import { DatabaseFile } from './database.file.js';
import { findBootFault, flushFolder, OWNER_ONLY } from './database.path.js';

/** What file systems answer that know no second name of a file. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

const BIGINT = { bigint: true } as const;

/** A file that appears at its path when it is whole and on disk, or never; it replaces nothing. */
export class NewFile {
  private constructor(
    readonly path: string,
    /** Where it lies until then. */
    readonly begun: string,
    readonly handle: FileHandle,
  ) {}

  /** @throws VitalsError `backup-conflict` if there is something at the path, `backup-failed` if there is no folder; whatever the file system throws */
  static async begin(path: string): Promise<NewFile> {
    await assertFree(path);
    const begun = `${path}.part`;
    await rm(begun, { force: true });
    const handle = await open(begun, 'wx', OWNER_ONLY).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      const folder = dirname(path);
      const ways = `create it (mkdir -p ${folder}), or name another one`;
      throw new VitalsError('backup-failed', `the folder ${folder} does not exist; ${ways}`, {
        cause: error,
      });
    });
    await handle.chmod(OWNER_ONLY);
    return new NewFile(path, begun, handle);
  }

  /** Flushes what was written, and gives it its name. @throws as `begin` */
  async publish(): Promise<void> {
    await this.handle.sync();
    if (!(await this.isOwn())) {
      throw new VitalsError(
        'backup-conflict',
        `another backup is being written to ${this.path}; give another name`,
      );
    }
    try {
      await link(this.begun, this.path);
      await rm(this.begun);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw taken(this.path);
      if (!NO_LINKS.includes(code)) throw error;
      await assertFree(this.path);
      await rename(this.begun, this.path);
    }
    flushFolder(dirname(this.path));
  }

  /** Leaves nothing behind but what was published. */
  async end(): Promise<void> {
    const isOwn = await this.isOwn();
    await this.handle.close();
    if (isOwn) await rm(this.begun, { force: true });
  }

  /** Whether it still lies where it was begun, and no other process has begun one of the same name there. */
  private async isOwn(): Promise<boolean> {
    const own = await this.handle.stat(BIGINT);
    const found = await lstat(this.begun, BIGINT).catch(() => undefined);
    return found?.dev === own.dev && found.ino === own.ino;
  }
}

async function assertFree(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found) throw taken(path);
}

function taken(path: string): VitalsError {
  return new VitalsError('backup-conflict', `${path} exists; a backup replaces nothing: give another name`);
}

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

async function vacuum(file: string, into: string): Promise<ContentCounts> {
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
