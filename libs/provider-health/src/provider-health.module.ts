import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { VitalsError } from '@vitals/core/errors';
import { requireAsyncOptions } from '@vitals/core/options';
import { Clock, SystemClock } from '@vitals/core/time';
import { PollSchedule } from './checking/poll.schedule.js';
import { Sweeper } from './checking/sweeper.js';
import { ProviderExplorer } from './discovery/provider.explorer.js';
import { ProviderLoader } from './discovery/provider.loader.js';
import { ProviderRegistry } from './discovery/provider.registry.js';
import { LifecycleModule } from './lifecycle.module.js';
import { ProviderHealthCache } from './provider-health.cache.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  PROVIDER_HEALTH_CLOCK,
  PROVIDER_HEALTH_OPTIONS,
  type ProviderHealthModuleOptions,
} from './provider-health.module-options.js';
import { ProviderHealthSettings } from './provider-health.settings.js';
import { StatusBoard } from './statuses/status.board.js';
import { VerdictLog } from './verdict.log.js';

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
    PollSchedule,
    ProviderHealthCache,
  ],
  exports: [PollSchedule, ProviderHealthCache],
})
export class ProviderHealthModule extends ConfigurableModuleClass {
  /** Like `forRoot`, with options from a factory; one that gives none fails the boot. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return requireAsyncOptions('ProviderHealthModule', PROVIDER_HEALTH_OPTIONS, super.forRootAsync(options));
  }

  /** @throws VitalsError `declaration-invalid` if there are two of it in the app */
  constructor(modules: ModulesContainer) {
    super();
    const imported = [...modules.values()].filter(({ metatype }) => metatype === ProviderHealthModule);
    if (imported.length > 1) {
      throw new VitalsError(
        'declaration-invalid',
        'ProviderHealthModule is imported both as it is and with options, or with options twice: import it once, in the root module; what it provides is global',
      );
    }
  }
}
