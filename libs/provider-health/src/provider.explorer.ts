import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { discover } from '@vitals/core/options';
import { providerNameOf } from './health-provider.decorator.js';

/** What a walk over the container found; nothing was acted upon yet. `owner` is a class, for a person to read. */
export interface ProviderDiscovery {
  readonly providers: { readonly name: string; readonly owner: string; readonly instance: object }[];
  /** Declarations that cannot be honoured, and why, for a person to read. */
  readonly refused: { readonly name: string; readonly owner: string; readonly reason: string }[];
}

/** Walks the container and returns plain records of what is declared in it; it does not act. */
@Injectable()
export class ProviderExplorer {
  constructor(private readonly discovery: DiscoveryService) {}

  explore(): ProviderDiscovery {
    const found: ProviderDiscovery = { providers: [], refused: [] };
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    for (const { wrapper, owner, scopeFault: reason } of discover(wrappers)) {
      const name = owner && providerNameOf(owner);
      if (!owner || name === undefined) continue;
      if (reason === undefined)
        found.providers.push({ name, owner: owner.name, instance: wrapper.instance as object });
      else found.refused.push({ name, owner: owner.name, reason });
    }
    return found;
  }
}
