import { Global, Module } from '@nestjs/common';
import { GrpcHealth } from './grpc-health.js';
import { ConfigurableModuleClass } from './grpc-health.module-options.js';
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
export class GrpcHealthModule extends ConfigurableModuleClass {}
