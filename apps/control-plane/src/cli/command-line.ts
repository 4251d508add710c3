import { parseArgs } from 'node:util';
import { canParseUrl } from '@vitals/core/check';
import { didYouMean } from '@vitals/core/nearest-name';
import { unknownSettings } from '@vitals/core/settings';

/** The parts of a process that a command uses. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The options of a command that asks a control plane, for its usage. */
export const OPTIONS_USAGE = `  --control-plane   the address of the control plane, default VITALS_CONTROL_PLANE or http://127.0.0.1 on PORT (3000)
  --token           an administrator's token, default VITALS_ADMIN_TOKEN (other users see what is on a command line)
`;

const OPTIONS = {
  'control-plane': { type: 'string' },
  token: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** A control plane, and the token that it is shown. */
export interface ControlPlaneAddress {
  readonly controlPlane: string;
  readonly token: string | undefined;
}

/** A command line that names a control plane, or leaves it to the environment. */
export interface CommandLine extends ControlPlaneAddress {
  readonly files: readonly string[];
  /** Whether the control plane was named, and so has to answer. */
  readonly isNamed: boolean;
}

/**
 * Runs a command that asks a control plane: prints its usage for `--help`, and the message of an error on standard
 * error. Never throws.
 * @returns the exit code: that of `run`, 0 for the usage, 1 for an error
 */
export async function runCommand(
  { name, usage }: { readonly name: string; readonly usage: string },
  args: readonly string[],
  terminal: Terminal,
  run: (line: CommandLine) => Promise<number>,
): Promise<number> {
  try {
    const line = readCommandLine(args, terminal.env);
    if (line) return await run(line);
    terminal.stdout.write(usage);
    return 0;
  } catch (error) {
    terminal.stderr.write(`vitals ${name}: ${printable((error as Error).message)}\n`);
    return 1;
  }
}

/** Text of others in one line; characters that control a terminal are escaped. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `1 check`, `2 checks`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function readCommandLine(args: readonly string[], env: Terminal['env']): CommandLine | undefined {
  const config = { args: [...args], allowPositionals: true, options: OPTIONS };
  refuseUnknown(parseArgs({ ...config, strict: false, tokens: true }).tokens);
  const { values, positionals } = parseArgs(config);
  if (values.help) return undefined;
  const unknown = unknownSettings(env).map(({ pointer, detail }) => `${pointer}: ${detail}`);
  if (unknown.length > 0) throw new Error(unknown.join('\n'));
  const named = values['control-plane'] ?? (env['VITALS_CONTROL_PLANE'] || undefined);
  const controlPlane = named ?? `http://127.0.0.1:${env['PORT'] || '3000'}`;
  if (!/^https?:\/\//.test(controlPlane) || !canParseUrl(controlPlane))
    throw new Error(`--control-plane: ${JSON.stringify(controlPlane)} is not an http:// or https:// URL`);
  const token = values.token ?? (env['VITALS_ADMIN_TOKEN'] || undefined);
  return { files: positionals, controlPlane, isNamed: named !== undefined, token };
}

/** @throws Error naming the option that was probably meant; the value of the unknown one may be a secret */
function refuseUnknown(tokens: readonly { kind: string; name?: string; rawName?: string }[]): void {
  const unknown = tokens.find(({ kind, name = '' }) => kind === 'option' && !Object.hasOwn(OPTIONS, name));
  if (!unknown) return;
  const written = (name: string): string => `--${name}`;
  const advice = didYouMean(unknown.name as string, Object.keys(OPTIONS), written);
  const detail = advice ?? 'use --help to see what there is';
  throw new Error(`${JSON.stringify(unknown.rawName)} is not an option; ${detail}`);
}
