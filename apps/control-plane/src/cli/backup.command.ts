import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { formatTimestamp } from '@vitals/core/time';
import { BACKUP_NAME, backupNameAt, prepareBackupFolder } from '../backups/backup.folder.js';
import type { BackupBody } from '../backups/backups.module.js';
import { backUpClosed } from '../database/sqlite/backup.file.js';
import { readSettings } from '../settings/read-settings.js';
import {
  type CommandLine,
  counted,
  OPTIONS_USAGE,
  printable,
  runCommand,
  type Terminal,
} from './command-line.js';
import { ControlPlaneClient, UnansweredError } from './api.client.js';

const USAGE = `usage: vitals backup [<file>] [--control-plane http://127.0.0.1:3000] [--token <token>]

Writes a backup of the database into a new file. The control plane that runs takes it, into its folder of
backups (VITALS_BACKUP_DIR, default: backups beside the database); where none runs, the file of DATABASE_URL is
read directly.

  <file>            a name that ends in .db, default: one that holds the time; where none runs, also a path
${OPTIONS_USAGE}
Exit codes: 0 the backup is written and on disk, 1 it is not.
`;

/** How long the control plane may take, in milliseconds: a large database on a slow disk. */
const PATIENCE_MS = 3_600_000;

/** Writes a backup: the control plane does, or this process where none listens. Never throws. @returns the exit code */
export function backupCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  return runCommand({ name: 'backup', usage: USAGE }, args, terminal, async (line) => {
    if (line.files.length > 1) throw new Error('name one file, such as vitals backup before-the-upgrade.db');
    const backup = (await requestBackup(line)) ?? (await backUpHere(line, terminal.env));
    const { file, bytes, providers, services, checks, sequence } = backup;
    const holds = [counted(providers, 'provider'), counted(services, 'service'), counted(checks, 'check')];
    terminal.stdout.write(
      `${printable(`${file}: ${bytes} bytes, ${holds.join(', ')}, up to transition ${sequence}`)}\n`,
    );
    return 0;
  });
}

/** @returns `undefined` if nobody listens there */
async function requestBackup({ files: [file], ...line }: CommandLine): Promise<BackupBody | undefined> {
  const client = new ControlPlaneClient(line);
  try {
    const answer = await client.post('/backups', { file }, PATIENCE_MS);
    const body = answer.body as Partial<BackupBody>;
    if (answer.status === 201 && typeof body.file === 'string') return body as BackupBody;
    throw client.refusal(answer, 'a backup');
  } catch (error) {
    if (error instanceof UnansweredError && error.isRefused) return undefined;
    throw error;
  }
}

async function backUpHere(
  { files: [file], controlPlane, isNamed }: CommandLine,
  env: Terminal['env'],
): Promise<BackupBody> {
  if (isNamed)
    throw new Error(
      `nothing listens at ${controlPlane}; without --control-plane and VITALS_CONTROL_PLANE the file of DATABASE_URL is read directly`,
    );
  const settings = readSettings(env);
  if (settings.database.kind === 'postgres')
    throw new Error('PostgreSQL is backed up by its own tools: pg_dump --format=custom "$DATABASE_URL"');
  const { path: databasePath } = settings.database;
  if (databasePath === ':memory:') throw new Error('the database is in memory: there is no file');
  const database = resolve(databasePath);
  if (!existsSync(database))
    throw new Error(
      `nothing listens at ${controlPlane}, and there is no database at ${database}; name the control plane with --control-plane or PORT, or the file with DATABASE_URL`,
    );
  const now = Date.now();
  const name = file ?? backupNameAt(now);
  const isName = basename(name) === name && BACKUP_NAME.test(name);
  const path = isName
    ? join(await prepareBackupFolder(settings), name)
    : resolve(env['INIT_CWD'] ?? '', name);
  const { atMs, ...backup } = await backUpClosed(databasePath, path, now);
  return { file: path, ...backup, at: formatTimestamp(atMs) };
}
