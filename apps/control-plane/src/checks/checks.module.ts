import { Global, Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { Journal } from '../database/journal.js';
import { ServiceChecks } from '../services/service.registry.js';
import { Settings } from '../settings/settings.js';
import { CheckApplier } from './check.applier.js';
import { CheckDirectory } from './check.directory.js';
import { CheckHistory } from './check.history.js';
import { CheckMassFailure } from './check.mass-failure.js';
import { CheckRecorder } from './check.recorder.js';
import { CheckService } from './check.service.js';
import { CheckSecrets, SecretRenewal } from './check-secrets.js';
import { CheckExecutor, LaneRunner } from './execution/check.executor.js';
import { CheckTasks } from './execution/check.tasks.js';
import { InProcessScheduler, TaskScheduler } from './execution/task.scheduler.js';
import { MaintenanceWatch } from './maintenance/maintenance.watch.js';
import { RegisteredChecks } from './registered.checks.js';
import { LightChecksController } from './light4j/light-checks.controller.js';
import { CheckHistoryController } from './wire/check-history.controller.js';
import { CheckView } from './wire/check.body.js';
import { ChecksController } from './wire/checks.controller.js';

/** Who looks whether services answer, and what follows when they do not. */
@Global()
@Module({
  imports: [OutboundModule],
  controllers: [ChecksController, CheckHistoryController, LightChecksController],
  providers: [
    { provide: TaskScheduler, useClass: InProcessScheduler },
    { provide: ServiceChecks, useClass: RegisteredChecks },
    {
      provide: CheckSecrets,
      inject: [Settings, Journal],
      useFactory: ({ secrets }: Settings, journal: Journal) => new CheckSecrets(secrets.keys, journal),
    },
    CheckDirectory,
    CheckApplier,
    SecretRenewal,
    CheckHistory,
    CheckMassFailure,
    CheckRecorder,
    CheckTasks,
    LaneRunner,
    CheckExecutor,
    CheckService,
    MaintenanceWatch,
    CheckView,
  ],
  exports: [CheckDirectory, CheckHistory, CheckMassFailure, CheckService, CheckExecutor, ServiceChecks],
})
export class ChecksModule {}
