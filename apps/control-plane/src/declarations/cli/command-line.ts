import { canParseUrl } from '@vitals/core/probe';
import { parseArgs } from 'node:util';

/** Variables of the environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The options of a command that asks a control plane, as its usage tells them. */
export const OPTIONS_USAGE = `  --control-plane   whom to ask, default VITALS_CONTROL_PLANE or http://127.0.0.1 on PORT (3000)
  --token           an administrator's token, default VITALS_ADMIN_TOKEN (other users see what is on a command line)
`;

/** A command line that names a control plane, or leaves it to the environment. */
export interface CommandLine {
  readonly files: readonly string[];
  readonly controlPlane: string;
  /** The control plane was named: it has to answer. */
  readonly isNamed: boolean;
  readonly token: string | undefined;
}

/** Reads a command line; `undefined` asks for the usage. @throws Error saying what is wrong with it */
export function readCommandLine(args: readonly string[], env: Environment): CommandLine | undefined {
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
  const named = values['control-plane'] ?? (env['VITALS_CONTROL_PLANE'] || undefined);
  const controlPlane = named ?? `http://127.0.0.1:${env['PORT'] || '3000'}`;
  if (!/^https?:\/\//.test(controlPlane) || !canParseUrl(controlPlane)) {
    throw new Error(`--control-plane: ${JSON.stringify(controlPlane)} is not an http:// or https:// URL`);
  }
  const token = values.token ?? (env['VITALS_ADMIN_TOKEN'] || undefined);
  return { files: positionals, controlPlane, isNamed: named !== undefined, token };
}
