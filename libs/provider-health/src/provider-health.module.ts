import {
  type DynamicModule,
  Global,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { requireAsyncOptions, requireOneImport } from '@vitals/core/options';
import { Clock, SystemClock } from '@vitals/core/time';
import { ProviderExplorer } from './provider.explorer.js';
import { ProviderLoader } from './provider.loader.js';
import { ProviderRegistry } from './provider.registry.js';
import { ProviderHealthCache } from './provider-health.cache.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  PROVIDER_HEALTH_CLOCK,
  PROVIDER_HEALTH_OPTIONS,
  type ProviderHealthModuleOptions,
  ProviderHealthSettings,
} from './provider-health.settings.js';
import { StatusBoard } from './status.board.js';
import { Sweeper } from './sweeper.js';
import { VerdictLog } from './verdict.log.js';

/** Nearer to the root than any module of the app: the root itself has 1. */
const NEAREST = 0;

/**
 * Begins to sweep after every other module has bootstrapped, and ends before any other is destroyed: a provider
 * that is not set up yet, or is being closed, is not unhealthy. Nest calls hooks by distance from the root, and
 * those of a global module the other way round.
 */
@Module({})
class LifecycleModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly sweeper: Sweeper,
    modules: ModulesContainer,
  ) {
    for (const module of modules.values()) if (module.metatype === LifecycleModule) module.distance = NEAREST;
  }

  onApplicationBootstrap(): void {
    this.sweeper.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeper.stop();
  }
}

const OPTIONS = [{ token: PROVIDER_HEALTH_OPTIONS, optional: true }];

/**
 * Keeps the health of every `@HealthProvider()` of the app. Import it once, as it is or with
 * `forRoot`/`forRootAsync`; the `ProviderHealthCache` that it provides is global.
 */
@Global()
@Module({
  imports: [DiscoveryModule, LifecycleModule],
  providers: [
    {
      provide: ProviderHealthSettings,
      inject: OPTIONS,
      useFactory: (options?: ProviderHealthModuleOptions) => new ProviderHealthSettings(options),
    },
    {
      provide: PROVIDER_HEALTH_CLOCK,
      inject: [...OPTIONS, { token: Clock, optional: true }],
      useFactory: (options?: ProviderHealthModuleOptions, clock?: Clock) =>
        options?.clock ?? clock ?? new SystemClock(),
    },
    ProviderExplorer,
    ProviderRegistry,
    ProviderLoader,
    StatusBoard,
    VerdictLog,
    Sweeper,
    ProviderHealthCache,
  ],
  exports: [Sweeper, ProviderHealthCache],
})
export class ProviderHealthModule extends ConfigurableModuleClass {
  /** Like `forRoot`, with options from a factory; one that gives none fails the boot. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return requireAsyncOptions('ProviderHealthModule', PROVIDER_HEALTH_OPTIONS, super.forRootAsync(options));
  }

  /** @throws VitalsError `declaration-invalid` if there are two of it in the app */
  constructor(modules: ModulesContainer) {
    super();
    requireOneImport(ProviderHealthModule, modules.values());
  }
}
