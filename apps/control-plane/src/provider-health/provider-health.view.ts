import { Injectable } from '@nestjs/common';
import { ProviderHealthCache, providerStatusBody } from '@vitals/provider-health';
import * as s from '../http/schema.js';
import { NAME } from '../providers/provider.schema.js';
import { ProviderPolls } from './provider.polls.js';

/** Never `healthy` for what was not asked: `unknown` was not asked yet, `unchecked` is not asked at all. */
export const HEALTH_STATES = s.enumeration('ProviderHealthState', [
  'healthy',
  'unhealthy',
  'unknown',
  'unchecked',
]);

/** What is known of the health of a provider; what was never found out is null. */
export const ProviderHealthBody = s.object(
  'ProviderHealth',
  'The answer of a provider to the last poll of its health.',
  {
    state: s.oneOf(HEALTH_STATES, '`unknown`: not asked yet; `unchecked`: it does not want to be asked.'),
    name: NAME,
    healthy: s.orNull(s.flag('No verdict if `checked` is false; null if it was not asked yet.')),
    message: s.text('Why, in words.'),
    latency: s.orNull(s.whole('How long it took to answer, in nanoseconds.', 0)),
    latency_ms: s.orNull<number>({ type: 'number', minimum: 0, description: 'The same in milliseconds.' }),
    checked_at: s.orNull(s.time('When that was found.')),
    stale: s.flag('It was not found out anew when it should have been.'),
    since: s.orNull(s.time('When the verdict began.')),
    checked: s.flag('Whether it is asked at all: it registered a health_path.'),
  },
);
export type ProviderHealthBody = s.Of<typeof ProviderHealthBody>;

/** A page of what is known. */
export const ProviderHealthListBody = s.object(
  'ProviderHealthList',
  'A page of what is known of the health of providers, by name.',
  { providers: s.listOf(s.ref(ProviderHealthBody)) },
  s.NEXT_PAGE,
);
export type ProviderHealthListBody = s.Of<typeof ProviderHealthListBody>;

/** A sweep that was asked for. */
export const SweepBody = s.object('Sweep', 'A sweep that was asked for.', {
  providers: s.whole('How many providers are asked.', 0),
});
export type SweepBody = s.Of<typeof SweepBody>;

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
