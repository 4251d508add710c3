import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { refuse } from '@vitals/core/options';
import { ProviderExplorer } from './provider.explorer.js';
import { ProviderRegistry } from './provider.registry.js';

/** Puts what the explorer found into the registry, once, when modules are initialised. */
@Injectable()
export class ProviderLoader implements OnModuleInit {
  private readonly logger = new Logger('ProviderHealth');

  constructor(
    private readonly explorer: ProviderExplorer,
    private readonly registry: ProviderRegistry,
  ) {}

  /** @throws VitalsError `declaration-invalid` if two instances have one name, or it is registered already */
  onModuleInit(): void {
    const { providers, refused } = this.explorer.explore();
    for (const { name, owner, reason } of refused) {
      this.logger.warn(
        `the health of ${owner} (${JSON.stringify(name)}) is not kept: ${reason}. Give it the default scope, or register an instance with ProviderHealthCache.register.`,
      );
    }
    const owners = new Map<string, string>();
    for (const { name, owner, instance } of providers) {
      if (this.registry.get(name))
        refuse(
          `two health providers have the name ${JSON.stringify(name)}: ${owners.get(name) ?? 'one registered before'} and ${owner}; give each its own, or register several instances of a class with ProviderHealthCache.register`,
        );
      owners.set(name, owner);
      this.registry.replace(name, instance);
    }
    // an app may register all of its own later
    this.logger[this.registry.size > 0 ? 'log' : 'debug'](`health providers: ${this.registry.size}`);
  }
}
