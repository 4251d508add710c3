import { isIPv6 } from 'node:net';
import { ConfigurableModuleBuilder } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { flag, unknownOption, unquoted } from '@vitals/core/options';
import { type Duration, parseDuration } from '@vitals/core/time';

/** What `GrpcHealthModule.forRoot` can be told. */
export interface GrpcHealthModuleOptions {
  /** Where the module's own server listens, 0 for any free port; `false` where only `GrpcHealth.addTo` is used. */
  readonly port: number | false;
  /** Address or name that the own server listens on; default `127.0.0.1`, which no other machine reaches. */
  readonly host?: string;
  /** How often a service is asked about while somebody watches it; default 5 s. */
  readonly watchEvery?: Duration;
  /** Whether Dapr's app health is served too; default true. `false` for an app that serves it itself. */
  readonly dapr?: boolean;
}

/** The default of `host`. */
export const DEFAULT_HOST = '127.0.0.1';

/** The default of `watchEvery`. */
const DEFAULT_WATCH_EVERY = '5s';

const OPTIONS = ['port', 'host', 'watchEvery', 'dapr'];
const HIGHEST_PORT = 65_535;

export const {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: GRPC_HEALTH_MODULE_OPTIONS,
} = new ConfigurableModuleBuilder<GrpcHealthModuleOptions>().setClassMethodName('forRoot').build();

/** @throws VitalsError `declaration-invalid`, naming the option that is wrong: one that is ignored would mislead */
export function assertOptions(options: GrpcHealthModuleOptions): void {
  const unknown = unknownOption(options, OPTIONS);
  if (unknown !== undefined) refuse(unknown);
  const { port, host } = options;
  if (port !== false && !(Number.isInteger(port) && port >= 0 && port <= HIGHEST_PORT)) {
    refuse(
      `port must be a whole number from 0 to ${HIGHEST_PORT}, or false for no server of its own${unquoted(port)}`,
    );
  }
  if (host !== undefined && port === false) refuse('host means nothing while port is false');
  if (host !== undefined && !(typeof host === 'string' && (isIPv6(host) || /^[\w.-]+$/.test(host)))) {
    refuse('host must be an IP address or a host name, without a port');
  }
  if (options.dapr !== undefined) {
    const fault = flag(options.dapr);
    if (fault !== undefined) refuse(`dapr: ${fault}`);
  }
  watchEveryMs(options);
}

/** @throws VitalsError `declaration-invalid` if `watchEvery` is no time longer than 0 */
export function watchEveryMs({ watchEvery = DEFAULT_WATCH_EVERY }: Partial<GrpcHealthModuleOptions>): number {
  let ms: number;
  try {
    ms = parseDuration(watchEvery);
  } catch (cause) {
    return refuse(`watchEvery: ${(cause as Error).message}`, cause);
  }
  return ms > 0 ? ms : refuse('watchEvery must be longer than 0');
}

function refuse(why: string, cause?: unknown): never {
  throw new VitalsError('declaration-invalid', `GrpcHealthModule.forRoot: ${why}`, { cause });
}
