import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { formatTimestamp } from '@vitals/core/time';
import { printable } from '../../declarations/cli/plan.text.js';
import { backUpClosed } from '../../database/sqlite/closed.backup.js';
import { readSettings } from '../../settings/read-settings.js';
import { BACKUP_NAME, backupNameAt, prepareBackupFolder } from '../backup.folder.js';
import type { BackupBody } from '../backups.controller.js';
import { type BackupArguments, readBackupArguments, USAGE } from './backup.arguments.js';
import { requestBackup } from './backup.request.js';

/** What the command is given by its process. */
export interface BackupTerminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Takes a backup, from the control plane or of the file itself. Never throws. @returns the exit code */
export async function backupCommand(args: readonly string[], terminal: BackupTerminal): Promise<number> {
  const { env, stdout, stderr } = terminal;
  try {
    const given = readBackupArguments(args, env);
    if (!given) {
      stdout.write(USAGE);
      return 0;
    }
    stdout.write(textOf((await requestBackup(given)) ?? (await backUpHere(given, env))));
    return 0;
  } catch (error) {
    stderr.write(`vitals backup: ${printable((error as Error).message)}\n`);
    return 1;
  }
}

async function backUpHere(
  { file, controlPlane, isNamed }: BackupArguments,
  env: BackupTerminal['env'],
): Promise<BackupBody> {
  if (isNamed) {
    throw new Error(
      `nothing listens at ${controlPlane}; without --control-plane and VITALS_CONTROL_PLANE the file of DATABASE_URL is read directly`,
    );
  }
  const settings = readSettings(env);
  if (settings.databasePath === ':memory:') throw new Error('the database is in memory: there is no file');
  const database = resolve(settings.databasePath);
  if (!existsSync(database)) {
    throw new Error(
      `nothing listens at ${controlPlane}, and there is no database at ${database}; name the control plane with --control-plane or PORT, or the file with DATABASE_URL`,
    );
  }
  const now = Date.now();
  const name = file ?? backupNameAt(now);
  const isName = basename(name) === name && BACKUP_NAME.test(name);
  const path = isName
    ? join(await prepareBackupFolder(settings), name)
    : resolve(env['INIT_CWD'] ?? '', name);
  const { atMs, ...backup } = await backUpClosed(settings.databasePath, path, now);
  return { file: path, ...backup, at: formatTimestamp(atMs) };
}

function textOf({ file, bytes, providers, services, checks, sequence }: BackupBody): string {
  const holds = `${providers} providers, ${services} services, ${checks} checks`;
  return `${printable(`${file}: ${bytes} bytes, ${holds}, up to transition ${sequence}`)}\n`;
}
