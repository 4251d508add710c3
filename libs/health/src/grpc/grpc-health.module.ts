import { type DynamicModule, Global, Module } from '@nestjs/common';
import { requireAsyncOptions } from '@vitals/core/options';
import { GrpcHealth } from './grpc-health.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  GRPC_HEALTH_MODULE_OPTIONS,
} from './grpc-health.module-options.js';
import { GrpcHealthServer } from './grpc-health.server.js';
import { ServiceCatalog } from './service-catalog.js';

/**
 * Serves the app's health as `grpc.health.v1`: with `forRoot({ port })` or `forRootAsync` on a server of its own;
 * as it is, on the servers that `GrpcHealth` is added to. It needs `HealthModule` in the same app.
 *
 * It is global because Nest initialises global modules first and shuts them down last.
 */
@Global()
@Module({
  providers: [ServiceCatalog, GrpcHealth, GrpcHealthServer],
  exports: [GrpcHealth, GrpcHealthServer],
})
export class GrpcHealthModule extends ConfigurableModuleClass {
  /** Like `forRoot`, with options from a factory; one that gives none fails the boot. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return requireAsyncOptions('GrpcHealthModule', GRPC_HEALTH_MODULE_OPTIONS, super.forRootAsync(options));
  }
}
