import { Global, Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { ServiceChecks } from '../services/service.checks.js';
import { CheckDirectory } from './check.directory.js';
import { CheckMassFailure } from './check.mass-failure.js';
import { CheckRecorder } from './check.recorder.js';
import { CheckRecovery } from './check.recovery.js';
import { SecretRenewal } from './secret-renewal.js';
import { CheckOrder } from './check.order.js';
import { CheckService } from './check.service.js';
import { CheckExecutor } from './execution/check.executor.js';
import { CheckRunner } from './execution/check.runner.js';
import { CheckHistory } from './history/check.history.js';
import { LightChecksController } from './light4j/light-checks.controller.js';
import { MaintenanceWatch } from './maintenance/maintenance.watch.js';
import { RegisteredChecks } from './registered.checks.js';
import { CheckTasks } from './scheduling/check.tasks.js';
import { InProcessScheduler } from './scheduling/in-process.scheduler.js';
import { TaskScheduler } from './scheduling/task.scheduler.js';
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
    CheckDirectory,
    CheckRecovery,
    SecretRenewal,
    CheckHistory,
    CheckMassFailure,
    CheckRecorder,
    CheckTasks,
    CheckRunner,
    CheckExecutor,
    CheckService,
    MaintenanceWatch,
    CheckOrder,
    CheckView,
  ],
  exports: [CheckDirectory, CheckMassFailure, CheckService, CheckExecutor, ServiceChecks],
})
export class ChecksModule {}
