import { canParseUrl } from '@vitals/core/probe';
import { parseArgs } from 'node:util';

/** How a backup is taken from the command line. */
export const USAGE = `usage: vitals backup [<file>] [--control-plane http://127.0.0.1:3000] [--token <token>]

Writes a backup of the database into a new file. The control plane that runs takes it, into its folder of
backups (VITALS_BACKUP_DIR, default: backups beside the database); where none runs, the file of DATABASE_URL is
read directly.

  <file>            a name that ends in .db, default: one that holds the time; where none runs, also a path
  --control-plane   whom to ask, default VITALS_CONTROL_PLANE or http://127.0.0.1 on PORT (3000)
  --token           an administrator's token, default VITALS_ADMIN_TOKEN (other users see what is on a command line)

Exit codes: 0 the backup is written and on disk, 1 it is not.
`;

/** What is to be written, and who is asked. */
export interface BackupArguments {
  readonly file: string | undefined;
  readonly controlPlane: string;
  /** The control plane was named: it has to answer. */
  readonly isNamed: boolean;
  readonly token: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a command line; `undefined` asks for the usage. @throws Error saying what is wrong with it */
export function readBackupArguments(args: readonly string[], env: Environment): BackupArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'control-plane': { type: 'string' },
      token: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  if (positionals.length > 1) throw new Error('name one file');
  const named = values['control-plane'] ?? (env['VITALS_CONTROL_PLANE'] || undefined);
  const controlPlane = named ?? `http://127.0.0.1:${env['PORT'] || '3000'}`;
  if (!/^https?:\/\//.test(controlPlane) || !canParseUrl(controlPlane)) {
    throw new Error(`--control-plane: ${JSON.stringify(controlPlane)} is no http:// or https:// URL`);
  }
  const token = values.token ?? (env['VITALS_ADMIN_TOKEN'] || undefined);
  return { file: positionals[0], controlPlane, isNamed: named !== undefined, token };
}
