import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import type { Clock } from '@vitals/core/time';
import { HealthModule } from '@vitals/health';
import { BackupsModule } from './backups/backups.module.js';
import { ChecksModule } from './checks/checks.module.js';
import { ComponentsModule } from './components/components.module.js';
import { DeclarationsModule } from './declarations/declarations.module.js';
import { HeartbeatsModule } from './heartbeats/heartbeats.module.js';
import { HttpModule } from './http/http.module.js';
import { ProblemFilter } from './http/problem.filter.js';
import { QueryInterceptor } from './http/query.js';
import { createValidationPipe } from './http/validation.js';
import { LeasesModule } from './leases/leases.module.js';
import { MassFailuresModule } from './mass-failures/mass-failures.module.js';
import { PersistenceModule } from './persistence/persistence.module.js';
import { PlacementModule } from './placement/placement.module.js';
import { ProviderHealthStage } from './provider-health/provider-health.module.js';
import { ProvidersModule } from './providers/providers.module.js';
import { SecurityModule } from './security/security.module.js';
import { ServicesModule } from './services/services.module.js';
import { SettingsModule } from './settings/settings.module.js';
import type { Settings } from './settings/settings.js';
import { ShutdownModule } from './shutdown/shutdown.module.js';
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
        PersistenceModule,
        SecurityModule,
        ProvidersModule,
        HeartbeatsModule,
        ProviderHealthStage,
        MassFailuresModule,
        LeasesModule,
        PlacementModule,
        ServicesModule,
        ChecksModule,
        DeclarationsModule.forRoot(settings.declarationsPath),
        TransitionsModule,
        BackupsModule,
        ComponentsModule,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_INTERCEPTOR, useClass: QueryInterceptor },
        { provide: APP_PIPE, useFactory: createValidationPipe },
      ],
    };
  }
}
