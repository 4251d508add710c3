import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SystemClock } from '@vitals/core/time';
import { assertBackupFolder, backupFolderOf } from '../backups/backup.folder.js';
import { counted, printable, type Terminal } from './command-line.js';
import { FileSource } from '../declarations/reading/declarations.file.js';
import { checkDatabasePath } from '../database/sqlite/database.path.js';
import { inspectSettings } from '../settings/read-settings.js';
import { CHECK_SECRET_PREFIX } from '../settings/secret-settings.js';
import type { Settings } from '../settings/settings.js';

/** Settings whose value nobody may read from a screen or a log. */
const SECRET = /TOKEN|SECRET|KEY|PASSWORD/;
const NOT_SET = '(not set)';

/**
 * Checks what a start would use: all settings, the place of the database, the folder of backups and the file of
 * declarations. Opens no database, listens nowhere and changes nothing.
 * @returns the exit code: 0 with what would be used on standard output; 1 with everything that is wrong on standard
 *   error
 */
export async function checkConfig(terminal: Terminal, version: string): Promise<number> {
  const { env, stdout, stderr } = terminal;
  const { settings, faults, values } = inspectSettings(env, stdout.isTTY);
  const wrong = faults.map(({ pointer, detail }) => `${pointer}: ${detail}`);
  const attempt = async <T>(setting: string, check: () => T | Promise<T>): Promise<T | undefined> => {
    if (faults.some(({ pointer }) => pointer === setting)) return undefined;
    try {
      return await check();
    } catch (error) {
      wrong.push((error as Error).message);
      return undefined;
    }
  };
  await attempt('DATABASE_URL', () => checkDatabase(settings.database));
  await attempt('VITALS_BACKUP_DIR', () => assertBackupFolder(settings));
  const declared = await attempt('VITALS_DECLARATIONS', () => declaredIn(settings.declarationsPath));
  if (wrong.length > 0) {
    const count = wrong.length === 1 ? 'One thing is' : `${wrong.length} things are`;
    const indented = wrong.map((text) => `  ${text.replaceAll('\n', '\n  ')}`);
    stderr.write(`vitals: ${count} wrong:\n${indented.join('\n')}\n`);
    return 1;
  }
  const effective = new Map([...values].map(([name, text]) => [name, shown(name, text)]));
  effective.set('DATABASE_URL', databaseText(settings.database));
  if (settings.database.kind === 'sqlite') effective.set('VITALS_BACKUP_DIR', backupFolderOf(settings));
  effective.set('VITALS_CHECK_ALLOW_CIDRS', settings.outbound.allowCidrs.join(',') || 'none');
  if (declared !== undefined) effective.set('VITALS_DECLARATIONS', declared);
  for (const name of settings.secrets.referable.keys()) effective.set(name, shown(name, 'set'));
  const width = Math.max(...[...effective.keys()].map((name) => name.length));
  const lines = [...effective].map(([name, text]) => {
    const isDefault = !env[name] && !name.startsWith(CHECK_SECRET_PREFIX) && text !== NOT_SET;
    return `  ${name.padEnd(width)}  ${printable(text)}${isDefault ? ' (default)' : ''}\n`;
  });
  stdout.write(`vitals ${version} would start with\n${lines.join('')}`);
  return 0;
}

function shown(name: string, text: string): string {
  if (text === '') return NOT_SET;
  return SECRET.test(name) ? '(set, not shown)' : text;
}

async function checkDatabase(database: Settings['database']): Promise<void> {
  if (database.kind === 'sqlite') await checkDatabasePath(database.path);
}

function databaseText(database: Settings['database']): string {
  if (database.kind === 'postgres') return `${database.place}, not looked at`;
  const { path } = database;
  if (path === ':memory:') return 'sqlite::memory:, nothing is kept';
  const file = resolve(path);
  return `sqlite:${file}${existsSync(file) ? '' : ', a new one'}`;
}

async function declaredIn(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const file = new FileSource(path, new SystemClock());
  const found = await file.read(await file.stamp());
  if (!found) throw file.refusal('changes while it is read; check again when it is written');
  const { checks, providers, acknowledgements } = found.declarations;
  const counts = [
    counted(checks.length, 'check'),
    counted(providers.length, 'provider'),
    counted(acknowledgements.length, 'acknowledged mass failure'),
  ].join(', ');
  return `${resolve(path)}: ${counts}`;
}
