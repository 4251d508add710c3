import { Inject, Injectable } from '@nestjs/common';
import { refuse } from '@vitals/core/options';
import { compareText } from '@vitals/core/order';
import { Clock } from '@vitals/core/time';
import { faultOfName } from './health-provider.decorator.js';
import type { Judgement } from './judgement.js';
import { ProviderCheck } from './provider-check.js';
import { PROVIDER_HEALTH_CLOCK, ProviderHealthSettings } from './provider-health.settings.js';

/** One registration of a provider, with what is known of it. */
export class RegisteredProvider {
  /** What is told of it; `undefined` until it was checked. Only the status board changes it. */
  judgement: Judgement | undefined = undefined;
  /** Nothing that is still found out about it counts. Only the registry changes it. */
  removed = false;

  constructor(
    readonly name: string,
    readonly check: ProviderCheck,
  ) {}
}

/** Holds the providers of an app by name. A name that is registered again is another provider. */
@Injectable()
export class ProviderRegistry {
  private readonly providers = new Map<string, RegisteredProvider>();
  private ordered: readonly RegisteredProvider[] = [];
  private added: RegisteredProvider[] = [];
  private outdated = false;

  constructor(
    @Inject(PROVIDER_HEALTH_CLOCK) private readonly clock: Clock,
    private readonly settings: ProviderHealthSettings,
  ) {}

  get size(): number {
    return this.providers.size;
  }

  /**
   * Adds a provider; one that was there under the same name is taken out.
   * @throws VitalsError `declaration-invalid` if the name is no text or empty, or the provider is no object
   */
  replace(
    name: string,
    provider: object,
  ): { readonly added: RegisteredProvider; readonly replaced: RegisteredProvider | undefined } {
    const fault = faultOfName(name) ?? faultOfProvider(provider);
    if (fault !== undefined) refuse(`health provider ${JSON.stringify(name)}: ${fault}`);
    const replaced = this.remove(name);
    const added = new RegisteredProvider(name, new ProviderCheck(provider, this.settings, this.clock));
    this.providers.set(name, added);
    this.added.push(added);
    this.outdated = true;
    return { added, replaced };
  }

  /** Takes a provider out; returns it, or `undefined` if there is none of this name. */
  remove(name: string): RegisteredProvider | undefined {
    const registered = this.providers.get(name);
    if (!registered) return undefined;
    registered.removed = true;
    this.providers.delete(name);
    this.outdated = true;
    return registered;
  }

  get(name: string): RegisteredProvider | undefined {
    return this.providers.get(name);
  }

  /** All of them by name; the same list until one is added or removed. */
  sorted(): readonly RegisteredProvider[] {
    if (this.outdated) {
      // a sorted run with what is new behind it is merged, not sorted anew
      this.ordered = [...this.ordered, ...this.added]
        .filter(({ removed }) => !removed)
        .sort((a, b) => compareText(a.name, b.name));
      this.added = [];
      this.outdated = false;
    }
    return this.ordered;
  }
}

function faultOfProvider(provider: unknown): string | undefined {
  const usable = (typeof provider === 'object' && provider !== null) || typeof provider === 'function';
  return usable ? undefined : 'give a HealthChecker, a function that checks, or another object';
}
