import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertBackupFolder, prepareBackupFolder } from './backup.folder.js';

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitals-backups-'))));
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

const set = (backupFolder: string | undefined) => ({
  backupFolder,
  database: { kind: 'sqlite', path: join(folder, 'vitals.db') } as const,
});

describe('the folder of backups', () => {
  it('is accepted at the start if it is there, and if none is set', () => {
    expect(() => assertBackupFolder(set(folder))).not.toThrow();
    expect(() => assertBackupFolder(set(undefined))).not.toThrow();
  });

  it('is refused at the start if it is set and missing, with the ways out', () => {
    const missing = join(folder, 'nope');
    expect(() => assertBackupFolder(set(missing))).toThrow(
      expect.objectContaining({
        code: 'settings-invalid',
        message: `VITALS_BACKUP_DIR: the folder ${missing} does not exist. Mount the volume, correct VITALS_BACKUP_DIR, or create it: mkdir -p ${missing}`,
      }),
    );
  });

  it('is refused at the start if a file lies there', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => assertBackupFolder(set(file))).toThrow(`VITALS_BACKUP_DIR: ${file} is not a folder`);
  });

  it('names the ways out when it has gone by the time of a backup', async () => {
    await expect(prepareBackupFolder(set(join(folder, 'nope')))).rejects.toMatchObject({
      code: 'backup-failed',
      message: expect.stringMatching(/does not exist\. Mount the volume.*mkdir -p/),
    });
  });
});
