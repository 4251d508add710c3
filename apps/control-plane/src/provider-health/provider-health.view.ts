import { Injectable } from '@nestjs/common';
import { ProviderHealthCache, providerStatusBody } from '@vitals/provider-health';
import {
  enumeration,
  flag,
  listOf,
  NEXT_PAGE,
  object,
  type Of,
  oneOf,
  orNull,
  ref,
  text,
  time,
  whole,
} from '../http/schema.js';
import { NAME } from '../providers/provider.schema.js';
import { ProviderPolls } from './provider.polls.js';

/** Never `healthy` for what was not asked: `unknown` was not asked yet, `unchecked` is not asked at all. */
export const HEALTH_STATES = enumeration('ProviderHealthState', [
  'healthy',
  'unhealthy',
  'unknown',
  'unchecked',
]);

/** What is known of the health of a provider; what was never found out is null. */
export const ProviderHealthBody = object(
  'ProviderHealth',
  'The answer of a provider to the last poll of its health.',
  {
    state: oneOf(HEALTH_STATES, '`unknown`: not asked yet; `unchecked`: it does not want to be asked.'),
    name: NAME,
    healthy: orNull(flag('No verdict if `checked` is false; null if it was not asked yet.')),
    message: text('Why, in words.'),
    latency: orNull(whole('How long it took to answer, in nanoseconds.', 0)),
    latency_ms: orNull<number>({ type: 'number', minimum: 0, description: 'The same in milliseconds.' }),
    checked_at: orNull(time('When that was found.')),
    stale: flag('It was not found out anew when it should have been.'),
    since: orNull(time('When the verdict began.')),
    checked: flag('Whether it is asked at all: it registered a health_path.'),
  },
);
export type ProviderHealthBody = Of<typeof ProviderHealthBody>;

/** A page of what is known. */
export const ProviderHealthListBody = object(
  'ProviderHealthList',
  'A page of what is known of the health of providers, by name.',
  { providers: listOf(ref(ProviderHealthBody)) },
  NEXT_PAGE,
);
export type ProviderHealthListBody = Of<typeof ProviderHealthListBody>;

/** A sweep that was asked for. */
export const SweepBody = object('Sweep', 'A sweep that was asked for.', {
  providers: whole('How many providers are asked.', 0),
});
export type SweepBody = Of<typeof SweepBody>;

/** The words of the package that this is a port of. */
const UNCHECKED = 'does not implement HealthChecker';

/** The health of providers on the wire, also where nothing is known. */
@Injectable()
export class ProviderHealthView {
  constructor(
    private readonly cache: ProviderHealthCache,
    private readonly polls: ProviderPolls,
  ) {}

  /** @param name of a provider that is registered */
  body(name: string): ProviderHealthBody {
    const status = this.cache.get(name);
    if (status) return { state: status.healthy ? 'healthy' : 'unhealthy', ...providerStatusBody(status) };
    const nothing = { latency: null, latency_ms: null, checked_at: null, stale: false, since: null };
    if (!this.polls.has(name))
      return { state: 'unchecked', name, healthy: true, message: UNCHECKED, ...nothing, checked: false };
    return { state: 'unknown', name, healthy: null, message: 'not asked yet', ...nothing, checked: true };
  }
}
