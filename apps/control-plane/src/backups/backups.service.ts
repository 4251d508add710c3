import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { Clock } from '@vitals/core/time';
import { type BackupContent, BackupWriter } from '../database/backup.writer.js';
import { Settings } from '../settings/settings.js';
import { AtShutdown } from '../shutdown/stages.js';
import { backupNameAt, prepareBackupFolder } from './backup.folder.js';

/** A backup that was written, and where. */
export interface Backup extends BackupContent {
  readonly file: string;
}

/** Writes backups, one at a time. */
@Injectable()
export class BackupsService {
  private readonly logger = new Logger('Backups');
  private readonly stopping = new AbortController();
  private running: Promise<Backup> | undefined;

  constructor(
    private readonly writer: BackupWriter,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes a backup.
   * @param name of the file, which must not exist; by default the time
   * @throws VitalsError `backup-conflict`, `backup-failed`
   */
  async create(name: string = backupNameAt(this.clock.wallMs())): Promise<Backup> {
    const conflict = 'another backup is being written; try again when it has ended';
    if (this.running) throw new VitalsError('backup-conflict', conflict);
    this.running = this.write(name);
    try {
      const backup = await this.running;
      this.logger.log(`backup ${backup.file}: ${backup.bytes} bytes, up to transition ${backup.sequence}`);
      return backup;
    } finally {
      this.running = undefined;
    }
  }

  /** A backup that is being written is given up: the database is closed soon. */
  @AtShutdown('stop-judging')
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running?.catch(() => undefined);
  }

  private async write(name: string): Promise<Backup> {
    const file = join(await prepareBackupFolder(this.settings), name);
    return { file, ...(await this.writer.write(file, this.stopping.signal)) };
  }
}
