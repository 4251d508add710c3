import { readFileSync } from 'node:fs';
import { VitalsError } from '@vitals/core/errors';
import { AgentRun } from './agent.run.js';
import { readArguments } from './arguments.js';
import type { AgentLog } from '../telemetry/agent.log.js';

const USAGE = `Usage: vitals-agent --name NAME --control-plane URL --endpoint URL --service-type TYPE [options]

The agent of a provider: registers it at a Vitals control plane, and sends its heartbeats and its resources.

Who the provider is
  --name NAME               unique in the fleet                            [VITALS_NAME]
  --control-plane URL       may be given several times, for failover       [VITALS_CONTROL_PLANE, with commas]
  --endpoint URL            where the provider accepts work
  --service-type TYPE       such as vm
  --schema-version VERSION  default v1
  --display-name TEXT
  --zone ZONE, --region REGION
  --label KEY=VALUE         may be given several times
  --operation NAME          may be given several times

What it has
  --capacity LIST           such as cpu=4,memory=8GB,storage=1TB,node=1
  --capability NAME         may be given several times
  --info-exec COMMAND       writes JSON: {"capacity": {…}, "allocated": {…}, "capabilities": […]};
                            run after every heartbeat, sent when it has changed

Its phase; without --exec or --http it is Ready for as long as the agent runs
  --exec COMMAND            by exit code: 0 Ready, 1 NotReady, 3 Starting, 4 Draining, 5 Maintenance;
                            any other NotReady. VITALS_DRAIN_REQUESTED=1 is set while a drain is requested
  --http URL                2xx Ready, else NotReady; only a JSON body is read: a "phase" in it
                            takes precedence over the status
  --check-every DURATION    default 5s
  --exec-timeout DURATION   for a command or an answer; default 5s. A longer run is killed and counts as NotReady
  --on-drain COMMAND        run once for each request to drain; the phase is Draining from then on

Its token, if the control plane requires one; better from the environment or a file than on the command line
  --token-file FILE         stores the issued token                        [VITALS_TOKEN_FILE]
  --registration-token T    creates a new name                             [VITALS_REGISTRATION_TOKEN]
  --token TOKEN             the provider's own, if it is known             [VITALS_TOKEN]

  --verbose                 write every heartbeat to the log
  --help, --version

SIGTERM and SIGINT end it after a last heartbeat with the phase Draining.
Exit codes: 0 ended by a signal, 2 wrong arguments, 3 permanently refused by the control plane
(unauthenticated, forbidden, generation-stale, provider-id-conflict); answers of other servers do not count.
`;

/** Exit code: the command line is wrong. */
export const EXIT_USAGE = 2;

/** What a command line is run with: `print` writes to standard output, `report` to standard error. */
export interface CliSurroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly print: (text: string) => void;
  readonly report: (text: string) => void;
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

/** One line for each event; what is routine only if `isVerbose`. */
class CliLog implements AgentLog {
  constructor(
    private readonly write: (text: string) => void,
    private readonly isVerbose: boolean,
  ) {}

  log(line: string): void {
    this.write(`vitals-agent: ${oneLine(line)}\n`);
  }

  warn(line: string): void {
    this.log(`warning: ${line}`);
  }

  error(line: string): void {
    this.log(`error: ${line}`);
  }

  debug(line: string): void {
    if (this.isVerbose) this.log(line);
  }
}

/** What others said may hold anything; a terminal does what control characters tell it. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
