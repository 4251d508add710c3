import { fstatSync, read as readCallback } from 'node:fs';
import { promisify } from 'node:util';
import { VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import type { DataSource } from 'typeorm';
import { countDatabase } from '../content.js';
import { type BackupContent, BackupWriter } from '../backup.writer.js';
import { Database } from '../database.js';
import { NewFile } from './backup.file.js';
import { type Connection, connectionOf } from './connection.js';
import { PAGES_OF_LOG } from './data-source.js';
import type { DatabaseFile } from './database.file.js';
import { FILE_STATE, HEADER } from './database.path.js';
import { SqliteDatabase } from './sqlite.database.js';

/** Bytes that are copied at a time. */
const SLICE = 1 << 20;

/** The disk is given what was copied after so many bytes: a flush of everything would keep commits waiting. */
const FLUSH_EVERY = 8 << 20;

/** Bytes that the WAL may reach while nothing is written back: it stays that long, and fills the disk. */
export const MAX_WAL_BYTES = 512 << 20;

const read = promisify(readCallback);

/** The database as it was at one moment: its first bytes of the file are that, until the WAL is written back again. */
interface Frozen extends Omit<BackupContent, 'bytes'> {
  readonly descriptor: number;
  readonly size: number;
  readonly writtenAtNs: bigint;
}

/**
 * Copies the file while commits go on:
 * 1. Between two commits, the WAL is written back: the file alone is the whole database now.
 * 2. From here on nothing is written back. Commits go to the WAL, and the file does not change.
 * 3. The file is copied, slice by slice, through the descriptor that is open anyway: opening and closing it once
 *    more would end the lock of the database. Its header is made that of a database that was closed in order.
 * 4. If the file did not change meanwhile, the copy gets its name.
 * 5. The WAL is written back again, by the next commit.
 * A file that was deleted or replaced is still open, and so can be saved.
 */
export class SqliteBackup extends BackupWriter {
  constructor(
    private readonly source: DataSource,
    private readonly database: Database,
    private readonly file: DatabaseFile,
    private readonly clock: Clock,
  ) {
    super();
  }

  async write(path: string, signal: AbortSignal): Promise<BackupContent> {
    if (!this.file.isWatched) {
      throw new VitalsError('backup-conflict', 'the database is in memory: set DATABASE_URL to a file');
    }
    const fault = this.file.fault();
    if (fault?.kind === 'changed') throw new VitalsError('backup-conflict', fault.detail);
    try {
      return await this.copyTo(path, signal);
    } catch (error) {
      if (error instanceof VitalsError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new VitalsError('backup-failed', `the backup ${path} was not written: ${why}`, { cause: error });
    }
  }

  private async copyTo(path: string, signal: AbortSignal): Promise<BackupContent> {
    const copy = await NewFile.begin(path);
    try {
      const frozen = await (this.database as SqliteDatabase).betweenCommits(() => this.freeze());
      await this.copy(frozen, copy, signal);
      const { size, mtimeNs } = fstatSync(frozen.descriptor, { bigint: true });
      if (size !== BigInt(frozen.size) || mtimeNs !== frozen.writtenAtNs) {
        throw new Error('the database file was written to meanwhile');
      }
      await copy.publish();
      const { descriptor: _descriptor, size: bytes, writtenAtNs: _writtenAtNs, ...content } = frozen;
      return { bytes, ...content };
    } finally {
      await copy.end();
      this.connection.pragma(`wal_autocheckpoint = ${PAGES_OF_LOG}`);
    }
  }

  private async freeze(): Promise<Frozen> {
    const { descriptor } = this.file;
    if (descriptor === undefined) throw new Error('the database is closed');
    const [done] = this.connection.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    if (done?.busy !== 0) throw new Error('the WAL cannot be written back now');
    this.connection.pragma('wal_autocheckpoint = 0');
    const counts = await countDatabase(this.source);
    const { size, mtimeNs } = fstatSync(descriptor, { bigint: true });
    return { ...counts, descriptor, size: Number(size), writtenAtNs: mtimeNs, atMs: this.clock.wallMs() };
  }

  private async copy({ size, descriptor }: Frozen, { handle }: NewFile, signal: AbortSignal): Promise<void> {
    const slice = Buffer.allocUnsafe(Math.min(SLICE, size));
    for (let at = 0; at < size;) {
      if (signal.aborted) throw new Error('the control plane stops');
      if (this.file.walBytes > MAX_WAL_BYTES) {
        throw new Error('it takes too long for so many changes; name a faster disk (VITALS_BACKUP_DIR)');
      }
      const { bytesRead } = await read(descriptor, slice, 0, Math.min(SLICE, size - at), at);
      if (bytesRead === 0) throw new Error('the database file ends early');
      if (at === 0) closeHeader(slice);
      for (let written = 0; written < bytesRead;) {
        written += (await handle.write(slice, written, bytesRead - written, at + written)).bytesWritten;
      }
      at += bytesRead;
      if (Math.floor(at / FLUSH_EVERY) > Math.floor((at - bytesRead) / FLUSH_EVERY)) await handle.datasync();
    }
  }

  private get connection(): Connection {
    return connectionOf(this.source);
  }
}

/** Says of a first page that the file has no WAL, and lacks nothing. */
function closeHeader(page: Buffer): void {
  page[HEADER.writeVersion] = page[HEADER.readVersion] = HEADER.rollback;
  page.writeUInt32BE(FILE_STATE.closed, HEADER.userVersion);
}
