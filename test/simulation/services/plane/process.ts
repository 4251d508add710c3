import type { ProbeResult } from '@vitals/core/check';
import type { RunningClock } from '@vitals/core/time';
import type { Check } from '../../../../apps/control-plane/src/checks/check.js';
import { CheckDirectory } from '../../../../apps/control-plane/src/checks/check.directory.js';
import type { CheckMassFailure } from '../../../../apps/control-plane/src/checks/check.mass-failure.js';
import { CheckRecorder } from '../../../../apps/control-plane/src/checks/check.recorder.js';
import { CheckApplier } from '../../../../apps/control-plane/src/checks/check.applier.js';
import { CheckService } from '../../../../apps/control-plane/src/checks/check.service.js';
import { CheckExecutor } from '../../../../apps/control-plane/src/checks/execution/check.executor.js';
import type { LaneRunner } from '../../../../apps/control-plane/src/checks/execution/lane.runner.js';
import { MemoryJudge } from '../../../../apps/control-plane/src/checks/check.judge.js';
import { CheckHistory } from '../../../../apps/control-plane/src/checks/check.history.js';
import { MaintenanceWatch } from '../../../../apps/control-plane/src/checks/maintenance/maintenance.watch.js';
import { RegisteredChecks } from '../../../../apps/control-plane/src/checks/registered.checks.js';
import { CheckTasks } from '../../../../apps/control-plane/src/checks/execution/check.tasks.js';
import { InProcessScheduler } from '../../../../apps/control-plane/src/checks/execution/task.scheduler.js';
import { MassFailureDirectory } from '../../../../apps/control-plane/src/mass-failures/mass-failure.directory.js';
import { TrackerParts } from '../../../../apps/control-plane/src/mass-failures/tracker.parts.js';
import { AddressPolicy } from '../../../../apps/control-plane/src/outbound/guard/address.policy.js';
import { TargetPolicy } from '../../../../apps/control-plane/src/outbound/guard/target.policy.js';
import { SolePartition } from '../../../../apps/control-plane/src/cluster/owned.partitions.js';
import { Feed } from '../../../../apps/control-plane/src/database/feed.js';
import { PassedTime } from '../../../../apps/control-plane/src/database/passed-time.js';
import { RememberedServices } from '../../../../apps/control-plane/src/services/remembered.services.js';
import { ServiceDirectory } from '../../../../apps/control-plane/src/services/service.directory.js';
import { ServiceRegistry } from '../../../../apps/control-plane/src/services/service.registry.js';
import { readSettings } from '../../../../apps/control-plane/src/settings/read-settings.js';
import type { ProcessClock } from '../time/process-clock.js';
import type { Surroundings } from './control-plane.js';
import { ProcessStore } from './process.store.js';
import type { Variant } from './variant.js';
import { type JournalWatcher, WatchedJournal } from './watched.journal.js';

const SETTINGS = readSettings({});

/** The recorder of the product, as a variant has it. */
class VariantRecorder extends CheckRecorder {
  variant: Variant | undefined;

  override onResult(check: Check, result: ProbeResult, startedAtMs: number): void {
    this.variant?.take(check, result, () => super.onResult(check, result, startedAtMs));
  }
}

/** One life of the control plane: the parts of the product, put together as the application does it. */
export class Process {
  readonly running: RunningClock;
  readonly store: ProcessStore;
  readonly feed: Feed;
  readonly journal: WatchedJournal;
  readonly directory = new CheckDirectory();
  readonly services: ServiceDirectory;
  readonly failures: CheckMassFailure;
  readonly massFailures: MassFailureDirectory;
  readonly registry: ServiceRegistry;
  readonly checks: CheckService;
  readonly scheduler: InProcessScheduler;
  readonly executor: CheckExecutor;
  /** Everything of before is there, and requests are served. */
  ready = false;
  private readonly passed: PassedTime;
  private readonly history: CheckHistory;
  private readonly recorder: VariantRecorder;
  private readonly remembered: RememberedServices;
  private readonly applier: CheckApplier;
  private readonly tasks: CheckTasks;
  private readonly watch: MaintenanceWatch;

  constructor(
    { durable, random, variant, driver, look, holdMs }: Surroundings,
    readonly clock: ProcessClock,
    watcher: JournalWatcher,
    awayMs: number,
  ) {
    const { directory } = this;
    const running = (this.running = variant.createClock(clock));
    const store = (this.store = new ProcessStore(durable, clock, random, (state) =>
      variant.recovered(state, awayMs),
    ));
    const feed = (this.feed = new Feed({ sequence: durable.recorded }));
    const services = (this.services = new ServiceDirectory(store, feed));
    const journal = (this.journal = new WatchedJournal(clock, store, feed, watcher));
    const passed = (this.passed = new PassedTime(store, journal, clock, running, feed));
    const owned = new SolePartition();
    this.massFailures = new MassFailureDirectory(store, journal, clock, feed, owned);
    this.history = new CheckHistory(directory, store, journal, running, passed);
    const settings = readSettings({ VITALS_MASS_FAILURE_HOLD: `${holdMs}ms` });
    const parts = new TrackerParts(settings, this.massFailures, journal, passed, running, owned);
    this.failures = variant.createGuard(directory, parts);
    const registered = new RegisteredChecks(directory, journal, running);
    const remembered = (this.remembered = new RememberedServices(store, journal, running, feed, owned));
    this.registry = new ServiceRegistry(services, registered, remembered, journal, clock);
    this.recorder = new VariantRecorder(directory, remembered, this.failures, this.history, journal, running);
    this.recorder.variant = variant;
    this.scheduler = new InProcessScheduler(running);
    this.tasks = new CheckTasks(directory, this.scheduler, SETTINGS, running);
    const runner = { run: (check: Check, onStart: () => void) => look(this, check, onStart) } as LaneRunner;
    const { recorder, tasks, scheduler } = this;
    const judge = new MemoryJudge(directory, recorder);
    this.executor = new CheckExecutor(directory, judge, runner, tasks, scheduler, running);
    const targets = new TargetPolicy(new AddressPolicy(SETTINGS.outbound.allowCidrs));
    this.checks = new CheckService(directory, judge, targets, journal, running);
    this.applier = new CheckApplier(directory, services, remembered, store, running, journal, feed);
    this.watch = new MaintenanceWatch(directory, judge, clock);
    clock.every(10, () => this.tick(driver.skipCallbacks.bind(driver)));
    clock.every(1_000, () => this.ready && this.watch.reviewAll());
    clock.every(5_000, () => void this.history.writeBuckets());
    clock.every(10_000, () => this.ready && void this.passed.write());
  }

  /** As the application starts. */
  async start(): Promise<void> {
    await this.passed.onModuleInit();
    await this.massFailures.onModuleInit();
    await this.remembered.onModuleInit();
    await this.applier.onModuleInit();
    this.recorder.onModuleInit();
    this.executor.onModuleInit();
    this.failures.onApplicationBootstrap();
    await this.applier.onApplicationBootstrap();
    this.watch.onApplicationBootstrap();
    this.tasks.onApplicationBootstrap();
    this.scheduler.onApplicationBootstrap();
    this.ready = true;
  }

  /** @param leftNothing called when nothing was executed */
  private tick(leftNothing: () => void): void {
    const { executed } = this.executor.counts;
    this.scheduler.tick();
    if (this.executor.counts.executed === executed) leftNothing();
  }
}
