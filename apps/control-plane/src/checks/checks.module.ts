import { type DynamicModule, Global, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { isClustered } from '../cluster/cluster.times.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { Journal } from '../database/journal.js';
import { ServiceChecks } from '../services/service.registry.js';
import { Settings } from '../settings/settings.js';
import { CheckApplier } from './check.applier.js';
import { CheckDirectory } from './check.directory.js';
import { CheckJudge, MemoryJudge } from './check.judge.js';
import { CheckHistory } from './check.history.js';
import { CheckMassFailure } from './check.mass-failure.js';
import { CLUSTERED } from './cluster/clustered.checks.js';
import { CheckRecorder } from './check.recorder.js';
import { CheckService } from './check.service.js';
import { CheckSecrets, SecretRenewal } from './check-secrets.js';
import { CheckExecutor } from './execution/check.executor.js';
import { CheckTasks, TaskUpkeep } from './execution/check.tasks.js';
import { LaneRunner } from './execution/lane.runner.js';
import { CommandSource, InProcessScheduler, TaskScheduler } from './execution/task.scheduler.js';
import { MaintenanceWatch } from './maintenance/maintenance.watch.js';
import { RegisteredChecks } from './registered.checks.js';
import { LightChecksController } from './light4j/light-checks.controller.js';
import { CheckHistoryController } from './wire/check-history.controller.js';
import { CheckView } from './wire/check.body.js';
import { ChecksController } from './wire/checks.controller.js';

/** A process of its own: it keeps the schedule, and what it finds is known before it is durable. */
const LOCAL: Provider[] = [
  { provide: TaskScheduler, useClass: InProcessScheduler },
  { provide: CommandSource, inject: [TaskScheduler], useFactory: CommandSource.of },
  CheckRecorder,
  { provide: CheckJudge, useClass: MemoryJudge },
  CheckTasks,
  { provide: TaskUpkeep, inject: [CheckTasks], useFactory: TaskUpkeep.of },
];

const partsWith = (more: Provider[]): ModuleMetadata => ({
  imports: [OutboundModule],
  controllers: [ChecksController, CheckHistoryController, LightChecksController],
  providers: [
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
    LaneRunner,
    CheckExecutor,
    CheckService,
    MaintenanceWatch,
    CheckView,
    ...more,
  ],
  exports: [CheckDirectory, CheckHistory, CheckMassFailure, CheckService, CheckExecutor, ServiceChecks],
});

/** Who looks whether services answer, and what follows when they do not. */
@Global()
@Module(partsWith(LOCAL))
export class ChecksModule {
  static forRoot(settings: Settings): DynamicModule {
    return { module: isClustered(settings) ? ClusterChecksModule : ChecksModule };
  }
}

/** The same on one of several instances, which divide the work. */
@Global()
@Module(partsWith(CLUSTERED))
export class ClusterChecksModule {}
