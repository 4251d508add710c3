import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock } from '@vitals/core/time';
import { HealthModule } from '@vitals/health';
import { serveApiDocs } from './api-docs/api-docs.js';
import { assertBackupFolder } from './backups/backup.folder.js';
import { BackupsModule } from './backups/backups.module.js';
import { ChecksModule } from './checks/checks.module.js';
import { ClusterModule } from './cluster/cluster.module.js';
import { ComponentsModule } from './components/components.module.js';
import { DeclarationsModule } from './declarations/declarations.module.js';
import { HeartbeatsModule } from './heartbeats/heartbeats.module.js';
import { createAdapter, HttpModule } from './http/http.module.js';
import { ProblemFilter } from './http/problem.filter.js';
import { QueryInterceptor } from './http/query.js';
import { RequestValidationPipe } from './http/validation.js';
import { LeasesModule } from './leases/leases.module.js';
import { MassFailuresModule } from './mass-failures/mass-failures.module.js';
import { DatabaseModule } from './database/database.module.js';
import { prepareDatabasePath } from './database/sqlite/database.path.js';
import { PlacementModule } from './placement/placement.module.js';
import { ProcessLogger } from './process.logger.js';
import { ProviderHealthStage } from './provider-health/provider-health.module.js';
import { ProvidersModule } from './providers/providers.module.js';
import { SecurityModule } from './security/security.module.js';
import { ServicesModule } from './services/services.module.js';
import { SettingsModule } from './settings/settings.module.js';
import type { Settings } from './settings/settings.js';
import { ShutdownModule } from './shutdown/shutdown.js';
import { TransitionsModule } from './transitions/transitions.module.js';

/** The control plane: one module per stage, in the order in which data passes them. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, clock?: Clock): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.forRoot(settings, clock),
        HealthModule.forRoot({
          appId: settings.appId,
          drain: settings.drainMs,
          endpoints: { components: ['/health/components', '/components'] },
        }),
        ShutdownModule,
        HttpModule,
        DatabaseModule,
        ClusterModule.forRoot(settings),
        SecurityModule,
        ProvidersModule,
        HeartbeatsModule.forRoot(settings),
        ProviderHealthStage,
        MassFailuresModule,
        LeasesModule.forRoot(settings),
        PlacementModule,
        ServicesModule,
        ChecksModule.forRoot(settings),
        DeclarationsModule.forRoot(settings.declarationsPath),
        TransitionsModule,
        BackupsModule,
        ComponentsModule,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useClass: QueryInterceptor },
        { provide: APP_PIPE, useValue: new RequestValidationPipe() },
      ],
    };
  }
}

/**
 * The control plane, ready to listen. `close()` ends it in the order of `SHUTDOWN_STAGES`; what ends the process is
 * for whoever owns that.
 * @throws VitalsError `settings-invalid` if its database cannot be opened, or the folder of backups that is set is missing
 */
export async function createApp(settings: Settings, clock?: Clock): Promise<NestFastifyApplication> {
  assertBackupFolder(settings);
  if (settings.database.kind === 'sqlite') await prepareDatabasePath(settings.database.path);
  const module = AppModule.forRoot(settings, clock);
  const options = { bodyParser: false, abortOnError: false, logger: new ProcessLogger(settings.logLevel) };
  const app = await NestFactory.create<NestFastifyApplication>(module, createAdapter(), options);
  serveApiDocs(app);
  return app;
}
