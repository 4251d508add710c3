import { parseArgs } from 'node:util';
import { parseDurationText } from '@vitals/core/time';

/** What `npm run cluster` was asked for. */
export interface LaunchOptions {
  readonly instances: number;
  readonly port: number;
  readonly dataFolder: string | undefined;
  /** Whether instances that end are started again after some seconds. */
  readonly restarts: boolean;
  /** After how many milliseconds it ends by itself; `undefined` for never. */
  readonly forMs: number | undefined;
}

/** A command line, read. */
export type CommandLine =
  { readonly options: LaunchOptions } | { readonly text: string; readonly code: number };

const USAGE = `usage: npm run cluster -- [options]

Starts PostgreSQL, Kafka, control planes and a load balancer on this machine, without containers, and tells what
happens: who owns which partitions, what is decided, which processes end. Ctrl-C ends all of it.

  --instances N   how many control planes, from 1 to 20 (default 3)
  --port PORT     of the load balancer; the control planes have the ports after it (default 7069);
                  where one is taken, another one is used
  --data DIR      keeps the data there, for the next run (default: a temporary folder, removed at the end)
  --restart       starts a control plane that ended again after 3 s; without it, press Enter (on a terminal)
  --for DURATION  ends by itself after this time, such as 30s
  --help

Settings of the control planes (VITALS_…, LOG_LEVEL) are taken from the environment, such as
VITALS_HEARTBEAT_INTERVAL=2s. What is needed: PostgreSQL (Debian: apt-get install postgresql), Java 17 or newer and
Maven (Debian: apt-get install default-jre-headless maven); Kafka is fetched from Maven Central once.
`;

const MAX_INSTANCES = 20;

/** Reads the command line; what is wrong with it is told with the usage. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        instances: { type: 'string', default: '3' },
        port: { type: 'string', default: '7069' },
        data: { type: 'string' },
        restart: { type: 'boolean', default: false },
        for: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { text: USAGE, code: 0 };
    const options = {
      instances: numberOf('instances', values.instances, 1, MAX_INSTANCES),
      port: numberOf('port', values.port, 0, 65_535 - MAX_INSTANCES),
      dataFolder: values.data,
      restarts: values.restart,
      forMs: values.for === undefined ? undefined : durationOf('for', values.for),
    };
    return { options };
  } catch (error) {
    return { text: `${(error as Error).message}\n\n${USAGE}`, code: 1 };
  }
}

/** Reads a whole number. @throws Error that names the option */
export function numberOf(option: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`--${option}: "${text}" is not a whole number from ${min} to ${max}`);
}

/** Reads a duration, in milliseconds. @throws Error that names the option */
export function durationOf(option: string, text: string): number {
  try {
    return parseDurationText(text);
  } catch (error) {
    throw new Error(`--${option}: ${(error as Error).message}`, { cause: error });
  }
}
