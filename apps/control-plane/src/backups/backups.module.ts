import { Body, Controller, Module, Post } from '@nestjs/common';
import { formatTimestamp } from '@vitals/core/time';
import { OptionalMember, Pattern } from '../http/members.js';
import { chapter } from '../http/operation.js';
import * as s from '../http/schema.js';
import { BACKUP_NAME } from './backup.folder.js';
import { BackupsService } from './backups.service.js';

/** What to call a backup. */
export class TakeBackupDto {
  @OptionalMember(
    'Its name in the folder of backups; left out, one that holds the time.',
    Pattern(
      BACKUP_NAME,
      'must be a file name of letters, digits, ".", "_" and "-" that ends in .db, without a folder',
    ),
  )
  file?: string;
}

/** A backup on the wire. */
export const BackupBody = s.object('Backup', 'A backup that was written.', {
  file: s.text('Where it lies, on the machine of the control plane.'),
  bytes: s.whole('How long it is.', 1),
  providers: s.whole('Providers in it.', 0),
  services: s.whole('Nodes of services in it.', 0),
  checks: s.whole('Checks in it.', 0),
  sequence: s.whole('The number of the last transition in it; 0 for none.', 0),
  at: s.time('The moment that it holds.'),
});
export type BackupBody = s.Of<typeof BackupBody>;

/** Backups; only for an administrator, since they hold everything. */
@Controller('backups')
export class BackupsController {
  constructor(private readonly backups: BackupsService) {}

  @Post()
  async takeBackup(@Body() body?: TakeBackupDto): Promise<BackupBody> {
    const { atMs, ...backup } = await this.backups.create(body?.file);
    return { ...backup, at: formatTimestamp(atMs) };
  }
}

chapter('Backups', BackupsController, {
  takeBackup: {
    summary: 'Writes a backup of the database while it is in use',
    description:
      'Into the folder of backups on the machine of the control plane (`VITALS_BACKUP_DIR`). It holds everything that was acknowledged before it began, and appears when it is whole and on disk. One is written at a time, and none replaces a file.',
    answers: { 201: ['It is written.', BackupBody] },
    refusals: ['request-invalid', 'backup-conflict', 'backup-failed'],
  },
});

/** Backups of the database while it is in use. */
@Module({ controllers: [BackupsController], providers: [BackupsService] })
export class BackupsModule {}
