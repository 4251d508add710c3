import { once } from 'node:events';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { HttpTarget } from '@vitals/core/check';
import { Clock, formatDuration } from '@vitals/core/time';
import { type HealthCheck, type HealthVerdict, ProviderHealthCache } from '@vitals/provider-health';
import { OwnedPartitions } from '../cluster/owned.partitions.js';
import { Prober } from '../outbound/prober.js';
import { healthTargetOf } from '../providers/registration.controller.js';
import type { Provider } from '../providers/provider.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { ProviderView } from '../providers/provider.view.js';
import { Settings } from '../settings/settings.js';
import { AtShutdown } from '../shutdown/stages.js';
import { SharedPolls } from './shared.polls.js';

/** How often the polled providers are searched for suspects, in milliseconds. */
const SUSPECTS_EVERY_MS = 1_000;

/** Providers that were taken over are asked within so long, one after the other, in milliseconds. */
const TAKEOVER_MS = 5_000;

/**
 * Registers in the cache exactly the providers that want to be polled, each where it is registered now; of several
 * processes in that of its owner.
 */
@Injectable()
export class ProviderPolls implements OnApplicationBootstrap {
  private readonly logger = new Logger('ProviderHealth');
  /** Of those that are polled, here or elsewhere. */
  private readonly urls = new Map<string, string>();
  private stopped = false;

  constructor(
    private readonly directory: ProviderDirectory,
    private readonly cache: ProviderHealthCache,
    private readonly prober: Prober,
    private readonly settings: Settings,
    private readonly owned: OwnedPartitions,
    private readonly shared: SharedPolls,
    private readonly clock: Clock,
  ) {}

  /** Providers are recovered by now. */
  onApplicationBootstrap(): void {
    for (const provider of this.directory.all()) this.onProviderChanged(provider);
    this.logger.log(
      `providers that are polled for their health: ${this.urls.size} of ${this.directory.size}`,
    );
    this.directory.changed.subscribe((provider) => this.onProviderChanged(provider));
    this.owned.changed.subscribe((partition) => this.onOwnerChanged(partition));
  }

  /** Polls nobody any more; an answer that is on its way is no verdict. */
  @AtShutdown('stop-judging')
  stop(): void {
    this.stopped = true;
    for (const name of this.urls.keys()) this.cache.unregister(name);
  }

  /** The names of the providers that are polled. */
  names(): Iterable<string> {
    return this.urls.keys();
  }

  has(name: string): boolean {
    return this.urls.has(name);
  }

  private onProviderChanged({ name, endpoint, healthPath, removed }: Provider): void {
    if (this.stopped) return;
    if (healthPath === undefined || removed) {
      if (this.urls.delete(name)) this.cache.unregister(name);
      return this.shared.forget(name);
    }
    const target = healthTargetOf(endpoint, healthPath);
    if (this.urls.get(name) === target.url) return;
    if (this.urls.has(name)) this.shared.forget(name);
    this.urls.set(name, target.url);
    if (this.owned.owns(name)) this.cache.register(name, this.checkOf(target));
    else this.cache.unregister(name);
  }

  /** Those that were taken over are asked at once, spread; of the others what is known is what their owner tells. */
  private onOwnerChanged(partition: number): void {
    if (this.stopped) return;
    const names = [...this.urls.keys()].filter((name) => this.owned.partitionOf(name) === partition);
    for (const [index, name] of names.entries()) {
      const provider = this.directory.find(name);
      if (provider?.healthPath === undefined) continue;
      if (!this.owned.owns(name)) this.cache.unregister(name);
      else if (!this.cache.has(name)) {
        this.cache.register(name, this.checkOf(healthTargetOf(provider.endpoint, provider.healthPath)));
        this.clock.after(Math.round((TAKEOVER_MS * index) / names.length), () => {
          if (this.cache.has(name) && !this.stopped) void this.cache.check(name).catch(() => undefined);
        });
      }
    }
  }

  private checkOf(target: HttpTarget): HealthCheck {
    return async ({ signal }): Promise<HealthVerdict> => {
      const { outcome, message } = await this.prober.probe(target, this.settings.polls.timeoutMs);
      // the observer could not probe: that is no verdict, and the last one grows stale
      if (outcome === 'unjudged' && !signal.aborted) await once(signal, 'abort');
      return { healthy: outcome === 'success', message };
    };
  }
}

/**
 * Asks a provider for its health when its beats are overdue, so that whoever is woken by its silence reads whether it
 * still answers. It never delays a lease, nor saves one: what it finds goes into the cause of the transition.
 */
@Injectable()
export class SilenceEvidence {
  private readonly logger = new Logger('ProviderHealth');
  /** Suspects that were asked in this silence. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly polls: ProviderPolls,
    private readonly directory: ProviderDirectory,
    private readonly view: ProviderView,
    private readonly cache: ProviderHealthCache,
    private readonly shared: SharedPolls,
    private readonly clock: Clock,
  ) {}

  @Interval('suspects', SUSPECTS_EVERY_MS)
  askSuspects(): void {
    for (const name of this.polls.names()) {
      const provider = this.directory.find(name);
      if (provider && this.cache.has(name) && this.view.availability(provider) === 'Suspect') this.ask(name);
      else this.asked.delete(name);
    }
  }

  /** The last known health of a provider that fell silent, in words; empty if it is not polled. */
  of(name: string): string {
    if (!this.polls.has(name)) return '';
    const status = this.shared.get(name);
    if (!status) return '; its health was not polled yet';
    const ago = formatDuration(Math.max(0, this.clock.wallMs() - status.checkedAtMs));
    const found = status.healthy ? 'answered healthy' : `did not answer healthy (${status.message})`;
    return `; polled for its health ${ago} before, it ${found}`;
  }

  private ask(name: string): void {
    if (this.asked.has(name)) return;
    this.asked.add(name);
    this.cache.check(name).catch((error: unknown) => {
      this.logger.warn(`${name} could not be polled for its health: ${String(error)}`);
    });
  }
}
