import {
  type DynamicModule,
  Global,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  Optional,
} from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { requireAsyncOptions, requireOneImport } from '@vitals/core/options';
import { Clock, SystemClock } from '@vitals/core/time';
import { AvailabilityState, BOOTSTRAP_TARGET } from './availability-state.js';
import { HealthExplorer } from './discovery/health.explorer.js';
import { HealthLoader } from './discovery/health.loader.js';
import { HealthRegistry } from './discovery/health.registry.js';
import { HealthEvents } from './health.events.js';
import {
  type ASYNC_OPTIONS_TYPE,
  assertOptions,
  ConfigurableModuleClass,
  HEALTH_MODULE_OPTIONS,
  type HealthModuleOptions,
} from './health.module-options.js';
import { HealthService } from './health.service.js';
import { DaprResponder } from './http/dapr.responder.js';
import { DetailPolicy } from './http/detail.policy.js';
import { CorsPolicy } from './http/serving/cors.policy.js';
import { HealthEndpoints } from './http/serving/health.endpoints.js';
import { HealthExchange } from './http/serving/health.exchange.js';
import { HealthResponder } from './http/health.responder.js';
import { HealthRoutes } from './http/health.routes.js';
import { HealthServer } from './http/serving/health.server.js';
import { ProbeListener } from './http/serving/probe.listener.js';
import { ReportWriter } from './http/report.writer.js';
import { ControllerRoutes } from './http/shadowing/controller.routes.js';
import { ShadowedRoutes } from './http/shadowing/shadowed-routes.js';
import { BackgroundScheduler } from './monitoring/background.scheduler.js';
import { CheckMonitor } from './monitoring/check.monitor.js';
import { FileProbe } from './monitoring/file.probe.js';
import { Drain } from './drain.js';

/** Nearer to the root than any module of the app, which has 1 itself, and than those of other libraries that do so. */
const NEAREST = -1;

/**
 * Switches readiness on after every other module has bootstrapped, and drains before any other is destroyed.
 * Nest calls hooks by distance from the root, and those of a global module the other way round: readiness would
 * stay `UP` while the app's own hooks already close what its requests need.
 */
@Module({})
class LifecycleModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly availability: AvailabilityState,
    private readonly drain: Drain,
    modules: ModulesContainer,
  ) {
    for (const module of modules.values()) if (module.metatype === LifecycleModule) module.distance = NEAREST;
  }

  onApplicationBootstrap(): void {
    this.availability.target(BOOTSTRAP_TARGET).ready();
    this.drain.expectSignals();
  }

  async onModuleDestroy(): Promise<void> {
    await this.drain.begin();
  }
}

/**
 * Finds every `@Health()` method of the app and answers for them. Import it once, as it is or with
 * `forRoot`/`forRootAsync`; what it provides is global.
 */
@Global()
@Module({
  imports: [DiscoveryModule, LifecycleModule],
  providers: [
    { provide: Clock, useClass: SystemClock },
    HealthEvents,
    AvailabilityState,
    Drain,
    HealthExplorer,
    HealthRegistry,
    HealthLoader,
    CheckMonitor,
    BackgroundScheduler,
    FileProbe,
    HealthService,
    DetailPolicy,
    ReportWriter,
    HealthResponder,
    DaprResponder,
    HealthRoutes,
    CorsPolicy,
    ControllerRoutes,
    ShadowedRoutes,
    HealthExchange,
    HealthEndpoints,
    ProbeListener,
    HealthServer,
  ],
  exports: [
    Clock,
    HealthEvents,
    AvailabilityState,
    Drain,
    HealthRegistry,
    HealthLoader,
    HealthService,
    DetailPolicy,
    HealthResponder,
    HealthServer,
  ],
})
export class HealthModule extends ConfigurableModuleClass {
  /** Like `forRoot`, with options from a factory; one that gives none fails the boot. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return requireAsyncOptions('HealthModule', HEALTH_MODULE_OPTIONS, super.forRootAsync(options));
  }

  /** @throws VitalsError `declaration-invalid` if an option is wrong, or if there are two of it in the app */
  constructor(
    modules: ModulesContainer,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) options: HealthModuleOptions = {},
  ) {
    super();
    assertOptions(options);
    requireOneImport(HealthModule, modules.values());
  }
}
