import { HEALTH_KINDS } from '@vitals/core/health';
import { among, count, flag, interval, listOf, names, oneOf, type Rule, text } from '@vitals/core/options';
import type { HealthComponentOptions, HealthOptions } from './health.options.js';

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

/** What is wrong with the options of a check, each by itself; `undefined` if nothing is. */
export const faultOfCheck: (options: HealthOptions) => string | undefined = among(CHECK);

/** What is wrong with what names a component; `undefined` if nothing is. */
export function faultOfComponent(component: HealthComponentOptions): string | undefined {
  const fault = among(COMPONENT)(component);
  if (fault !== undefined) return fault;
  const missing = (['name', 'type'] as const).find((option) => component[option] === undefined);
  return missing && `${missing}: is missing; give both, such as { name: 'txnstore', type: 'state.redis' }`;
}
