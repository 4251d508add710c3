import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { findBootFault } from '../database/sqlite/database.path.js';
import { readSettings } from '../settings/read-settings.js';
import { printable, runCommand, type Terminal } from './command-line.js';

const USAGE = `usage: DATABASE_URL=postgres://… vitals import <file>

Copies a SQLite database into an empty one of PostgreSQL: providers with their tokens and leases, reservations,
services, checks and how they went, transitions. All of it is there afterwards, or nothing. The control plane on the
file has to be stopped; the file stays as it is, and a start on it would know nothing of what happens afterwards.

  <file>            such as ./data/vitals.db, or a backup

Exit codes: 0 everything is copied, 1 nothing is.
`;

/** Copies a SQLite database into the PostgreSQL of `DATABASE_URL`. Never throws. @returns the exit code */
export function importCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  return runCommand({ name: 'import', usage: USAGE }, args, terminal, async ({ files: [name, ...more] }) => {
    if (name === undefined || more.length > 0)
      throw new Error('name one file, such as vitals import ./data/vitals.db');
    const file = resolve(terminal.env['INIT_CWD'] ?? '', name);
    if (!existsSync(file)) throw new Error(`there is no database at ${file}`);
    const fault = findBootFault(realpathSync(file));
    if (fault !== undefined) throw new Error(`the database ${file} cannot be read: ${fault}`);
    const { database } = readSettings(terminal.env);
    if (database.kind !== 'postgres')
      throw new Error('DATABASE_URL: name the database that it is imported into: postgres://…');
    const { importSqlite } = await import('../database/postgres/sqlite.import.js');
    const imported = await importSqlite(file, { url: database.url }).catch((error: unknown) => {
      throw isInUse(error) ? new Error(`a control plane uses ${file}; stop it first`) : error;
    });
    const { providers, services, checks, sequence } = imported;
    const holds = `${providers} providers, ${services} services, ${checks} checks, up to transition ${sequence}`;
    terminal.stdout.write(`${printable(`${file} is imported into ${database.place}: ${holds}`)}\n`);
    return 0;
  });
}

function isInUse(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return /SQLITE_BUSY|database is locked/.test(`${code} ${message}`);
}
