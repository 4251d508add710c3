import { isIPv6 } from 'node:net';
import { ConfigurableModuleBuilder } from '@nestjs/common';
import { anything, duration, flag, OptionReader, unquoted } from '@vitals/core/options';
import type { Duration } from '@vitals/core/time';

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

const DEFAULT_WATCH_EVERY = '5s';

const HIGHEST_PORT = 65_535;

export const {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: GRPC_HEALTH_MODULE_OPTIONS,
} = new ConfigurableModuleBuilder<GrpcHealthModuleOptions>().setClassMethodName('forRoot').build();

/**
 * Whether the options are right, and how often a watched service is asked about, in milliseconds.
 * @throws VitalsError `declaration-invalid`, naming the option that is wrong: one that is ignored would mislead
 */
export function readOptions(options: GrpcHealthModuleOptions): { readonly watchEveryMs: number } {
  const { port, host } = options;
  const rules = { port: anything, host: anything, watchEvery: duration, dapr: flag };
  const read = new OptionReader('GrpcHealthModule.forRoot', options, rules);
  if (port !== false && !(Number.isInteger(port) && port >= 0 && port <= HIGHEST_PORT)) {
    read.refuse(
      `port must be a whole number from 0 to ${HIGHEST_PORT}, or false for no server of its own${unquoted(port)}`,
    );
  }
  if (host !== undefined && port === false) read.refuse('host means nothing while port is false');
  if (host !== undefined && !(typeof host === 'string' && (isIPv6(host) || /^[\w.-]+$/.test(host)))) {
    read.refuse('host must be an IP address or a host name, without a port');
  }
  return { watchEveryMs: read.spanMs('watchEvery', DEFAULT_WATCH_EVERY) };
}
