import { readFileSync } from 'node:fs';
import { didYouMean } from '@vitals/core/nearest-name';
import type { Terminal } from './command-line.js';

type Command = (args: readonly string[], terminal: Terminal) => Promise<number | undefined>;

const USAGE = `usage: vitals [<command>] [--help]

  (none), start    starts the control plane
  backup           writes a backup of the database, while the control plane runs or not
  import           copies a SQLite database into PostgreSQL
  plan             says what a file of declarations would change

  --check-config   says what a start would use, or everything that is wrong with it; changes nothing
  --version        the version
  --help           this; after a command, how that one is called

Settings are environment variables, such as PORT=8080 vitals; docs/operations.md lists them.
Exit codes: 0 it is done, or the control plane was stopped in order; 1 it is not, or the command line is wrong;
2 (plan) something would change.
`;

/** Each is loaded when it is called: what says the version needs no database. */
const COMMANDS: Readonly<Record<string, Command>> = {
  start: alone(async () => {
    const { start } = await import('../start.js');
    await start();
    return undefined;
  }),
  backup: async (...call) => (await import('./backup.command.js')).backupCommand(...call),
  import: async (...call) => (await import('./import.command.js')).importCommand(...call),
  plan: async (...call) => (await import('./plan.command.js')).planCommand(...call),
  '--check-config': alone(async (terminal) =>
    (await import('./check-config.js')).checkConfig(terminal, version()),
  ),
  '--version': (_args, terminal) => say(`${version()}\n`, terminal),
  '--help': (_args, terminal) => say(USAGE, terminal),
};

const SHORT: Readonly<Record<string, string>> = { '-h': '--help', help: '--help', '-v': '--version' };

/**
 * Does what a command line of `vitals` asks for; without any, it starts the control plane.
 * @returns the exit code, `undefined` while the control plane runs
 */
export async function vitalsCommand(
  [first = 'start', ...args]: readonly string[],
  terminal: Terminal,
): Promise<number | undefined> {
  const name = SHORT[first] ?? first;
  const isHelp = name === 'start' && ['-h', '--help'].includes(args[0] ?? '');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[isHelp ? '--help' : name] : undefined;
  return command ? command(args, terminal) : refuse(first, terminal);
}

/** A command that takes no arguments. */
function alone(run: (terminal: Terminal) => Promise<number | undefined>): Command {
  return async ([first], terminal) => (first === undefined ? run(terminal) : refuse(first, terminal));
}

async function say(text: string, { stdout }: Terminal): Promise<number> {
  stdout.write(text);
  return 0;
}

function refuse(given: string, { stderr }: Terminal): number {
  const isOption = given.startsWith('-');
  const known = Object.keys(COMMANDS).filter((name) => name.startsWith('-') === isOption);
  const name = given.split('=', 1)[0] as string;
  const advice = didYouMean(name, known) ?? '"vitals --help" shows what there is.';
  stderr.write(
    `vitals: ${JSON.stringify(name)} is not ${isOption ? 'an option' : 'a command'}; ${advice}` +
      `${isOption ? ' Settings are environment variables, such as PORT=8080 vitals.' : ''}\n`,
  );
  return 1;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
