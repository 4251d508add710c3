import { canParseUrl } from '@vitals/core/probe';
import { parseArgs } from 'node:util';

/** How the dry run is called. */
export const USAGE = `usage: npm run plan -- <file> [--control-plane http://127.0.0.1:3000] [--token <token>]

Says what a file of declarations would change, and changes nothing.

  <file>            YAML or JSON, as for VITALS_DECLARATIONS
  --control-plane   whom to ask, default VITALS_CONTROL_PLANE or http://127.0.0.1:3000
  --token           an administrator's token, default VITALS_ADMIN_TOKEN (other users see what is on a command line)

Exit codes: 0 nothing would change, 2 something would change, 1 the file is wrong or nobody answered.
`;

/** What is to be planned, and who is asked. */
export interface PlanArguments {
  readonly file: string;
  readonly controlPlane: string;
  readonly token: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a command line; `undefined` asks for the usage. @throws Error saying what is wrong with it */
export function readPlanArguments(args: readonly string[], env: Environment): PlanArguments | undefined {
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
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new Error('name one file');
  const controlPlane = values['control-plane'] ?? (env['VITALS_CONTROL_PLANE'] || 'http://127.0.0.1:3000');
  if (!/^https?:\/\//.test(controlPlane) || !canParseUrl(controlPlane)) {
    throw new Error(`--control-plane: ${JSON.stringify(controlPlane)} is no http:// or https:// URL`);
  }
  return { file, controlPlane, token: values.token ?? (env['VITALS_ADMIN_TOKEN'] || undefined) };
}
