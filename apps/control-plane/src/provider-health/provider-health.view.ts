import { Injectable } from '@nestjs/common';
import { ProviderHealthCache, type ProviderStatusBody, providerStatusBody } from '@vitals/provider-health';
import { ProviderPolls } from './provider.polls.js';

/** Never `healthy` for what was not asked: `unknown` was not asked yet, `unchecked` is not asked at all. */
export type HealthState = 'healthy' | 'unhealthy' | 'unknown' | 'unchecked';

/** The last known health of a provider; members without a poll are null. */
export type ProviderHealthBody = { readonly state: HealthState } & {
  readonly [K in keyof ProviderStatusBody]:
    ProviderStatusBody[K] | (K extends 'name' | 'message' | 'checked' | 'stale' ? never : null);
};

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
