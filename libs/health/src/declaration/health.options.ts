import { HEALTH_KINDS, type HealthKind } from '@vitals/core/health';
import {
  allFaults,
  among,
  count,
  flag,
  interval,
  listOf,
  names,
  oneOf,
  type Rule,
  text,
} from '@vitals/core/options';
import type { Duration } from '@vitals/core/time';

/** What `@Health()` can be told about its method. */
export interface HealthOptions {
  /** Identity in this app; default `Provider#method`. Given twice, the app does not start. */
  readonly id?: string;
  /** Name on the wire, unless the method reports another one. */
  readonly name?: string;
  /** What it is asked for; without a kind it counts for `/health` only. */
  readonly kinds?: readonly HealthKind[];
  /** Asked at `/health/group/<name>`. */
  readonly groups?: readonly string[];
  readonly tags?: readonly string[];
  /** How long it may take; default 800 ms, so that the answer fits a probe's default of one second. */
  readonly timeout?: Duration;
  /** How long a result answers further requests; default: not at all. Not together with `every`. */
  readonly cacheFor?: Duration;
  /** Runs it in the background this often; requests are then answered with the last result and its age. */
  readonly every?: Duration;
  /** The age from which a background result is `DOWN` with the reason `stale`; default 3 × `every`. */
  readonly staleAfter?: Duration;
  /** Failed runs in a row that turn it `DOWN`; default 1. */
  readonly failureThreshold?: number;
  /** Runs in a row that did not fail that end `DOWN`; default 1. */
  readonly successThreshold?: number;
  /** Whether its failure fails the whole (default), or only degrades it. */
  readonly critical?: boolean;
  /** Depends on something outside this process. Refused for liveness: a restart would not mend it. */
  readonly external?: boolean;
  /** `false` takes the check out of the app; a component that it pings is then listed as having no ping. */
  readonly enabled?: boolean;
  /** The component whose ping this is; default the `@HealthComponent` that the class is marked with. */
  readonly component?: HealthComponentOptions;
}

/** A component's identity: its full type, for example `state.redis`, and its name. */
export interface HealthComponentOptions {
  readonly name: string;
  readonly type: string;
  /** Whether its failure fails the whole; default: as its ping, else true. */
  readonly critical?: boolean;
}

const COMPONENT: { readonly [K in keyof Required<HealthComponentOptions>]: Rule } = {
  name: text,
  type: text,
  critical: flag,
};

const CHECK: { readonly [K in keyof Required<HealthOptions>]: Rule } = {
  id: text,
  name: text,
  kinds: listOf('kinds', oneOf(...HEALTH_KINDS)),
  groups: names,
  tags: names,
  timeout: interval,
  cacheFor: interval,
  every: interval,
  staleAfter: interval,
  failureThreshold: count,
  successThreshold: count,
  critical: flag,
  external: flag,
  enabled: flag,
  component: faultOfComponent,
};

/** Every option that a check has. */
export const CHECK_OPTIONS: readonly string[] = Object.keys(CHECK);

/** What is wrong with the options of a check, each by itself, a line each; `undefined` if nothing is. */
export const faultOfCheck: (options: HealthOptions) => string | undefined = among(CHECK);

/** What is wrong with what names a component, a line each; `undefined` if nothing is. */
export function faultOfComponent(component: HealthComponentOptions): string | undefined {
  const fault = among(COMPONENT)(component);
  if (typeof component !== 'object' || component === null || Array.isArray(component)) return fault;
  const missing = (['name', 'type'] as const).filter((option) => component[option] === undefined);
  const advice = "is missing; give both, such as { name: 'txnstore', type: 'state.redis' }";
  return allFaults(fault, ...missing.map((option) => `${option}: ${advice}`));
}
