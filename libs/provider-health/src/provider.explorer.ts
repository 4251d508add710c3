import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { discover } from '@vitals/core/options';
import { providerNameOf } from './health-provider.decorator.js';

/** An instance whose class was declared as a health provider. */
export interface DiscoveredProvider {
  readonly name: string;
  /** Its class, for a person to read. */
  readonly owner: string;
  readonly instance: object;
}

/** A declaration that cannot be honoured, and why, for a person to read. */
export interface RefusedProvider {
  readonly name: string;
  readonly owner: string;
  readonly reason: string;
}

/** What a walk over the container found; nothing was acted upon yet. */
export interface ProviderDiscovery {
  readonly providers: readonly DiscoveredProvider[];
  readonly refused: readonly RefusedProvider[];
}

/** Walks the container and returns plain records of what is declared in it; it does not act. */
@Injectable()
export class ProviderExplorer {
  constructor(private readonly discovery: DiscoveryService) {}

  explore(): ProviderDiscovery {
    const providers: DiscoveredProvider[] = [];
    const refused: RefusedProvider[] = [];
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    for (const { wrapper, owner, scopeFault: reason } of discover(wrappers)) {
      const name = owner && providerNameOf(owner);
      if (!owner || name === undefined) continue;
      if (reason === undefined)
        providers.push({ name, owner: owner.name, instance: wrapper.instance as object });
      else refused.push({ name, owner: owner.name, reason });
    }
    return { providers, refused };
  }
}
