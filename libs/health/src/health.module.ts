import {
  type BeforeApplicationShutdown,
  Global,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  Optional,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Clock, parseDuration, SystemClock } from '@vitals/core/time';
import { AvailabilityState, BOOTSTRAP_TARGET } from './availability-state.js';
import { HealthExplorer } from './discovery/health.explorer.js';
import { HealthLoader } from './discovery/health.loader.js';
import { HealthRegistry } from './discovery/health.registry.js';
import { ConfigurableModuleClass, HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from './health.module-options.js';
import { HealthService } from './health.service.js';
import { HealthEndpoints } from './http/health.endpoints.js';
import { HealthResponder } from './http/health.responder.js';

/**
 * Finds every `@Health()` method of the app and answers for them. Import it once, as it is or with
 * `forRoot`/`forRootAsync`; what it provides is global.
 */
@Global()
@Module({
  imports: [DiscoveryModule],
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
export class HealthModule
  extends ConfigurableModuleClass
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown
{
  private readonly drainMs: number;

  constructor(
    private readonly availability: AvailabilityState,
    @Inject(Clock) private readonly clock: Clock,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) options: HealthModuleOptions = {},
  ) {
    super();
    this.drainMs = parseDuration(options.drain ?? 0);
  }

  onApplicationBootstrap(): void {
    this.availability.target(BOOTSTRAP_TARGET).ready();
  }

  /** Readiness turns `DOWN` at once, so that no more work is sent while the app is still able to do it. */
  onModuleDestroy(): void {
    this.availability.refuse('shutdown');
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.drainMs > 0) await new Promise<void>((resume) => this.clock.after(this.drainMs, resume));
  }
}
