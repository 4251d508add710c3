import { canParseUrl } from '@vitals/core/check';
import { didYouMean } from '@vitals/core/nearest-name';
import { unknownSettings } from '@vitals/core/settings';
import { parseArgs } from 'node:util';

/** Variables of the environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The options of a command that asks a control plane, as its usage tells them. */
export const OPTIONS_USAGE = `  --control-plane   the address of the control plane, default VITALS_CONTROL_PLANE or http://127.0.0.1 on PORT (3000)
  --token           an administrator's token, default VITALS_ADMIN_TOKEN (other users see what is on a command line)
`;

const OPTIONS = {
  'control-plane': { type: 'string' },
  token: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

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
  refuseUnknown(args);
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  if (values.help) return undefined;
  const unknown = unknownSettings(env).map(({ pointer, detail }) => `${pointer}: ${detail}`);
  if (unknown.length > 0) throw new Error(unknown.join('\n'));
  const named = values['control-plane'] ?? (env['VITALS_CONTROL_PLANE'] || undefined);
  const controlPlane = named ?? `http://127.0.0.1:${env['PORT'] || '3000'}`;
  if (!/^https?:\/\//.test(controlPlane) || !canParseUrl(controlPlane)) {
    throw new Error(`--control-plane: ${JSON.stringify(controlPlane)} is not an http:// or https:// URL`);
  }
  const token = values.token ?? (env['VITALS_ADMIN_TOKEN'] || undefined);
  return { files: positionals, controlPlane, isNamed: named !== undefined, token };
}

/** @throws Error naming the option that was probably meant; the value of the unknown one may be a secret */
function refuseUnknown(args: readonly string[]): void {
  const { tokens } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: OPTIONS,
    strict: false,
    tokens: true,
  });
  const unknown = tokens.find((token) => token.kind === 'option' && !Object.hasOwn(OPTIONS, token.name));
  if (unknown?.kind !== 'option') return;
  const advice =
    didYouMean(unknown.name, Object.keys(OPTIONS), (name) => `--${name}`) ??
    'use --help to see what there is';
  throw new Error(`${JSON.stringify(unknown.rawName)} is not an option; ${advice}`);
}
