import { type CommandLine, type Environment, OPTIONS_USAGE, readCommandLine } from './command-line.js';

/** How the dry run is called. */
export const USAGE = `usage: vitals plan <file> [--control-plane http://127.0.0.1:3000] [--token <token>]

Says what a file of declarations would change, and changes nothing.

  <file>            YAML or JSON, as for VITALS_DECLARATIONS
${OPTIONS_USAGE}
Exit codes: 0 nothing would change, 2 something would change, 1 the file is wrong or nobody answered.
`;

/** What is to be planned, and who is asked. */
export interface PlanArguments extends Pick<CommandLine, 'controlPlane' | 'token'> {
  readonly file: string;
}

/** Reads a command line; `undefined` asks for the usage. @throws Error saying what is wrong with it */
export function readPlanArguments(args: readonly string[], env: Environment): PlanArguments | undefined {
  const line = readCommandLine(args, env);
  if (!line) return undefined;
  const [file, ...more] = line.files;
  if (file === undefined || more.length > 0) {
    throw new Error('name one file, such as vitals plan checks.yaml');
  }
  return { ...line, file };
}
