import { ConfigurableModuleBuilder } from '@nestjs/common';
import { HEALTH_FORMATS, type HealthDetail, type HealthFormat, type HealthKind } from '@vitals/core/health';
import {
  allFaults,
  among,
  count,
  duration,
  each,
  flag,
  interval,
  names,
  oneOf,
  OptionReader,
  text,
  unquoted,
} from '@vitals/core/options';
import { type Duration, parseDuration } from '@vitals/core/time';
import type { HealthOptions } from './declaration/health.options.js';
import { corsFault, type HealthCors } from './http/cors.options.js';

/** Where the answers are served; `false` switches one off. Paths begin with `/`. */
export interface HealthEndpointPaths {
  /** Base of the MicroProfile endpoints; default `/health`. */
  readonly health?: string | false;
  /** Prometheus metrics; default `/metrics` below `health`. */
  readonly metrics?: string | false;
  /** Dapr's healthz; default `/v1.0/healthz` and `/healthz`. */
  readonly healthz?: readonly string[] | false;
  /** The list of components; default `/health/components`. */
  readonly components?: readonly string[] | false;
  /** Liveness in the words of Kubernetes' API server; default `/livez`. */
  readonly livez?: string | false;
  /** Readiness in the words of Kubernetes' API server; default `/readyz`. */
  readonly readyz?: string | false;
}

/** Files that exist, and are young enough, while the app is well: for workers that serve no HTTP. */
export interface HealthFiles extends Readonly<Partial<Record<HealthKind, string>>> {
  /** How often they are written; default 5 s. A file is to be believed for three times as long. */
  readonly every?: Duration;
}

/** What configuration may change about a check. */
export type CheckConfiguration = Pick<
  HealthOptions,
  | 'enabled'
  | 'timeout'
  | 'cacheFor'
  | 'every'
  | 'staleAfter'
  | 'failureThreshold'
  | 'successThreshold'
  | 'critical'
>;

/** What configuration may say about a group. */
export interface GroupConfiguration {
  /** Checks that are in it besides those declared so, by name or identity. */
  readonly include?: readonly string[];
  /** `false` takes all its checks out of the app. */
  readonly enabled?: boolean;
}

/** What `HealthModule.forRoot` can be told. */
export interface HealthModuleOptions {
  /** What `?appid=` is compared with, and `serviceId` of `health+json`; default `app`. */
  readonly appId?: string;
  /** `releaseId` of `health+json`. */
  readonly releaseId?: string;
  /**
   * How much answers tell. `auto` (default): `full` if the app listens on loopback only and the request was
   * not forwarded and names a loopback host or an address, or if the app's `HealthAccess` accepts it, else `names`.
   */
  readonly detail?: HealthDetail | 'auto';
  /** What `/health` and the paths below it answer to who does not ask for another format; default `microprofile`. */
  readonly format?: HealthFormat;
  /** `withheld` keeps messages out of every answer; default `redacted`. */
  readonly messages?: 'redacted' | 'withheld';
  /** What readiness and startup answer before bootstrap is complete; default `DOWN`. */
  readonly emptyResponse?: { readonly readiness?: 'UP' | 'DOWN'; readonly startup?: 'UP' | 'DOWN' };
  /** How long to serve on after readiness has turned `DOWN` at shutdown, before anything is closed; default 0. */
  readonly drain?: Duration;
  /**
   * How long an answer may take in all; default as long as its checks. A check that is still running then is told by
   * its last result, with its age: for who asks with a timeout shorter than that of a check.
   */
  readonly answerWithin?: Duration;
  readonly endpoints?: HealthEndpointPaths;
  /** Put before every path of health. */
  readonly prefix?: string;
  /** Lets pages of other origins read health; default none. That of the app (`enableCors`) does not apply to health. */
  readonly cors?: HealthCors;
  /** Serves health on a port of its own instead of with the app, and from before bootstrap is complete. */
  readonly port?: number;
  /** Address that `port` is bound to; default all addresses. */
  readonly host?: string;
  readonly files?: HealthFiles;
  /** By declared name or identity; a check that is not there is refused at boot. */
  readonly checks?: Readonly<Record<string, CheckConfiguration>>;
  /** By name; a group that neither is declared nor includes anything is refused at boot. */
  readonly groups?: Readonly<Record<string, GroupConfiguration>>;
}

export const {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: HEALTH_MODULE_OPTIONS,
} = new ConfigurableModuleBuilder<HealthModuleOptions>().setClassMethodName('forRoot').build();

/** Every option, and what is wrong with a value of it if anything is. */
const OPTIONS: { readonly [K in keyof Required<HealthModuleOptions>]: (value: never) => string | undefined } =
  {
    appId: text,
    releaseId: text,
    detail: oneOf('auto', 'status', 'names', 'full'),
    format: oneOf(...HEALTH_FORMATS),
    messages: oneOf('redacted', 'withheld'),
    emptyResponse: among({ readiness: oneOf('UP', 'DOWN'), startup: oneOf('UP', 'DOWN') }),
    drain: duration,
    answerWithin: interval,
    endpoints: among({
      health: path,
      metrics: path,
      healthz: paths,
      components: paths,
      livez: path,
      readyz: path,
    }),
    prefix: (value: unknown) => (value === false ? noPath(value) : path(value)),
    cors: corsFault,
    port: (value: unknown) =>
      Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535
        ? undefined
        : `must be a port, 0 to 65535${unquoted(value)}`,
    host: text,
    files: among({ liveness: text, readiness: text, startup: text, wellness: text, every: interval }),
    checks: each(
      among({
        enabled: flag,
        critical: flag,
        timeout: duration,
        cacheFor: duration,
        every: duration,
        staleAfter: duration,
        failureThreshold: count,
        successThreshold: count,
      }),
    ),
    groups: each(among({ include: names, enabled: flag })),
  };

/** @throws VitalsError `declaration-invalid`, naming every option that is wrong: one that is ignored would mislead */
export function assertOptions(options: HealthModuleOptions): void {
  void new OptionReader('HealthModule.forRoot', options, OPTIONS);
}

/** `answerWithin` in milliseconds; `undefined` if an answer may take as long as its checks. */
export function answerWithinMs({ answerWithin }: HealthModuleOptions): number | undefined {
  return answerWithin === undefined ? undefined : parseDuration(answerWithin);
}

/** What means something else in a request target, or in a pattern of a router. */
const NOT_IN_PATHS = /[:*?#\s\p{Cc}]/u;

function path(value: unknown): string | undefined {
  if (value === false) return undefined;
  if (typeof value !== 'string' || !value.startsWith('/')) return noPath(value);
  const wrong = NOT_IN_PATHS.exec(value)?.[0];
  return wrong && `the path ${JSON.stringify(value)} must not have ${JSON.stringify(wrong)} in it`;
}

function noPath(value: unknown): string {
  return `the path ${JSON.stringify(value)} must begin with "/"`;
}

function paths(value: unknown): string | undefined {
  if (value === false) return undefined;
  return Array.isArray(value) ? allFaults(...value.map(path)) : 'must be a list of paths, or false';
}
