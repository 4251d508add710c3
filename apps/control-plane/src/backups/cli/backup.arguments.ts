import {
  type CommandLine,
  type Environment,
  OPTIONS_USAGE,
  readCommandLine,
} from '../../declarations/cli/command-line.js';

/** How a backup is taken from the command line. */
export const USAGE = `usage: vitals backup [<file>] [--control-plane http://127.0.0.1:3000] [--token <token>]

Writes a backup of the database into a new file. The control plane that runs takes it, into its folder of
backups (VITALS_BACKUP_DIR, default: backups beside the database); where none runs, the file of DATABASE_URL is
read directly.

  <file>            a name that ends in .db, default: one that holds the time; where none runs, also a path
${OPTIONS_USAGE}
Exit codes: 0 the backup is written and on disk, 1 it is not.
`;

/** What is to be written, and who is asked. */
export interface BackupArguments extends CommandLine {
  readonly file: string | undefined;
}

/** Reads a command line; `undefined` asks for the usage. @throws Error saying what is wrong with it */
export function readBackupArguments(args: readonly string[], env: Environment): BackupArguments | undefined {
  const line = readCommandLine(args, env);
  if (line && line.files.length > 1) {
    throw new Error('name one file, such as vitals backup before-the-upgrade.db');
  }
  return line && { ...line, file: line.files[0] };
}
