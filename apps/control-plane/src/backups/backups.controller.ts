import { Body, Controller, Post } from '@nestjs/common';
import { formatTimestamp } from '@vitals/core/time';
import { IsString, Matches } from 'class-validator';
import { IfGiven } from '../http/validation.js';
import { BACKUP_NAME } from './backup.folder.js';
import { BackupsService } from './backups.service.js';

/** What to call a backup. */
export class TakeBackupDto {
  @IfGiven()
  @IsString()
  @Matches(BACKUP_NAME, {
    message: 'must be a file name of letters, digits, ".", "_" and "-" that ends in .db, without a folder',
  })
  file?: string;
}

/** A backup on the wire. */
export interface BackupBody {
  readonly file: string;
  readonly bytes: number;
  readonly providers: number;
  readonly services: number;
  readonly checks: number;
  readonly sequence: number;
  readonly at: string;
}

/** Backups; only for an administrator, since they hold everything. */
@Controller('backups')
export class BackupsController {
  constructor(private readonly backups: BackupsService) {}

  @Post()
  async take(@Body() body?: TakeBackupDto): Promise<BackupBody> {
    const { atMs, ...backup } = await this.backups.create(body?.file);
    return { ...backup, at: formatTimestamp(atMs) };
  }
}
