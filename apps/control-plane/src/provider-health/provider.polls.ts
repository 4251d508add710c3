import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { HttpTarget } from '@vitals/core/check';
import { type HealthCheck, type HealthVerdict, ProviderHealthCache } from '@vitals/provider-health';
import { Prober } from '../outbound/prober.js';
import { healthTargetOf } from '../providers/health.target.js';
import type { Provider } from '../providers/provider.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { Settings } from '../settings/settings.js';
import { AtShutdown } from '../shutdown/stages.js';

/** Keeps the cache asking exactly the providers that want to be asked, each where it is registered now. */
@Injectable()
export class ProviderPolls implements OnApplicationBootstrap {
  private readonly urls = new Map<string, string>();
  private stopped = false;

  constructor(
    private readonly directory: ProviderDirectory,
    private readonly cache: ProviderHealthCache,
    private readonly prober: Prober,
    private readonly settings: Settings,
  ) {}

  /** The providers of before the restart are there by now. */
  onApplicationBootstrap(): void {
    for (const provider of this.directory.all()) this.follow(provider);
    this.directory.changed.subscribe((provider) => this.follow(provider));
  }

  /** Asks nobody any more, and takes no answer that is on its way for a verdict. */
  @AtShutdown('stop-judging')
  stop(): void {
    this.stopped = true;
    for (const name of this.urls.keys()) this.cache.unregister(name);
  }

  /** The names of the providers that are asked. */
  names(): Iterable<string> {
    return this.urls.keys();
  }

  has(name: string): boolean {
    return this.urls.has(name);
  }

  private follow({ name, endpoint, healthPath, removed }: Provider): void {
    if (this.stopped) return;
    const known = this.urls.get(name);
    if (healthPath === undefined || removed) {
      if (known === undefined) return;
      this.urls.delete(name);
      this.cache.unregister(name);
      return;
    }
    const target = healthTargetOf(endpoint, healthPath);
    if (known === target.url) return;
    this.urls.set(name, target.url);
    this.cache.register(name, this.checkOf(target));
  }

  private checkOf(target: HttpTarget): HealthCheck {
    return async ({ signal }): Promise<HealthVerdict> => {
      const { outcome, message } = await this.prober.probe(target, this.settings.polls.timeoutMs);
      // the observer could not look: that is no verdict, and what was known grows stale
      if (outcome === 'unjudged') await aborted(signal);
      return { healthy: outcome === 'success', message };
    };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
