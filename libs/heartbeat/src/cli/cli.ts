import { readFileSync } from 'node:fs';
import { VitalsError } from '@vitals/core/errors';
import { AgentRun } from './agent.run.js';
import { readArguments } from './arguments.js';
import { CliLog } from './cli.log.js';
import { USAGE } from './usage.js';

/** Exit code: the command line is wrong. */
export const EXIT_USAGE = 2;

/** What a command line is run with. */
export interface CliSurroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Standard output. */
  readonly print: (text: string) => void;
  /** Standard error. */
  readonly report: (text: string) => void;
  /** Ends the agent. */
  readonly stop: AbortSignal;
}

/** Runs a command line of `vitals-agent` to its end. @returns the exit code */
export async function runCli(
  args: readonly string[],
  { env, print, report, stop }: CliSurroundings,
): Promise<number> {
  const line = readArguments(args, env);
  if ('show' in line) {
    print(line.show === 'help' ? USAGE : `${version()}\n`);
    return 0;
  }
  if ('faults' in line) return complain(line.faults, report);
  const { settings } = line;
  let run: AgentRun;
  try {
    run = new AgentRun(settings, env, new CliLog(report, settings.isVerbose));
  } catch (error) {
    if (error instanceof VitalsError) return complain([error.message], report);
    throw error;
  }
  return run.until(stop);
}

function complain(faults: readonly string[], report: (text: string) => void): number {
  const lines = faults.map((fault) => `vitals-agent: ${fault}\n`).join('');
  report(`${lines}"vitals-agent --help" shows all options\n`);
  return EXIT_USAGE;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
