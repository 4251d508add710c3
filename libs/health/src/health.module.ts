import { type BeforeApplicationShutdown, Global, Inject, Module, Optional } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Clock, parseDuration, SystemClock } from '@vitals/core/time';
import { AvailabilityState } from './availability-state.js';
import { HealthExplorer } from './discovery/health.explorer.js';
import { HealthLoader } from './discovery/health.loader.js';
import { HealthRegistry } from './discovery/health.registry.js';
import {
  assertOptions,
  ConfigurableModuleClass,
  HEALTH_MODULE_OPTIONS,
  type HealthModuleOptions,
} from './health.module-options.js';
import { HealthService } from './health.service.js';
import { HealthEndpoints } from './http/health.endpoints.js';
import { HealthResponder } from './http/health.responder.js';
import { LifecycleModule } from './lifecycle.module.js';

/**
 * Finds every `@Health()` method of the app and answers for them. Import it once, as it is or with
 * `forRoot`/`forRootAsync`; what it provides is global.
 */
@Global()
@Module({
  imports: [DiscoveryModule, LifecycleModule],
  providers: [
    { provide: Clock, useClass: SystemClock },
    AvailabilityState,
    HealthExplorer,
    HealthRegistry,
    HealthLoader,
    HealthService,
    HealthResponder,
    HealthEndpoints,
  ],
  exports: [AvailabilityState, HealthRegistry, HealthLoader, HealthService, HealthResponder],
})
export class HealthModule extends ConfigurableModuleClass implements BeforeApplicationShutdown {
  private readonly drainMs: number;

  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) options: HealthModuleOptions = {},
  ) {
    super();
    assertOptions(options);
    this.drainMs = parseDuration(options.drain ?? 0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.drainMs > 0) await new Promise<void>((resume) => this.clock.after(this.drainMs, resume));
  }
}
