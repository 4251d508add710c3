import { backupCommand } from '../backups/cli/backup.command.js';
import { planCommand } from '../declarations/cli/plan.command.js';

const COMMANDS = { backup: backupCommand, plan: planCommand };

const USAGE = `usage: vitals <command> [--help]

  backup   writes a backup of the database, while the control plane runs or not
  plan     says what a file of declarations would change
`;

const HELP = new Set(['', '-h', '--help', 'help']);

const [name = '', ...args] = process.argv.slice(2);
if (Object.hasOwn(COMMANDS, name)) {
  process.exitCode = await COMMANDS[name as keyof typeof COMMANDS](args, process);
} else if (HELP.has(name)) {
  process.stdout.write(USAGE);
} else {
  process.stderr.write(`vitals: ${JSON.stringify(name)} is not a command\n\n${USAGE}`);
  process.exitCode = 1;
}
