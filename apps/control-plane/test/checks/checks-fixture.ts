import { Logger } from '@nestjs/common';
import {
  type CheckDefinition,
  DEFAULT_CHECK_POLICY,
  type ProbeOutcome,
  type ProbeResult,
} from '@vitals/core/check';
import type { RecordedTransition } from '@vitals/core/transition';
import { ManualClock, RunningClock } from '@vitals/core/time';
import { Check } from '../../src/checks/check.js';
import { CheckDirectory } from '../../src/checks/check.directory.js';
import { CheckMassFailure } from '../../src/checks/check.mass-failure.js';
import { CheckRecorder } from '../../src/checks/check.recorder.js';
import { CheckRecovery } from '../../src/checks/check.recovery.js';
import { CheckService } from '../../src/checks/check.service.js';
import { CheckExecutor } from '../../src/checks/execution/check.executor.js';
import type { CheckRunner } from '../../src/checks/execution/check.runner.js';
import { CheckHistory } from '../../src/checks/history/check.history.js';
import { RegisteredChecks } from '../../src/checks/registered.checks.js';
import { CheckTasks } from '../../src/checks/scheduling/check.tasks.js';
import { InProcessScheduler } from '../../src/checks/scheduling/in-process.scheduler.js';
import { TargetPolicy } from '../../src/outbound/guard/target.policy.js';
import { AddressPolicy } from '../../src/outbound/guard/address.policy.js';
import { MassFailureLog } from '../../src/mass-failures/mass-failure.log.js';
import type { RegisteredCheck, ServiceNode } from '../../src/persistence/check.change.js';
import { Journal } from '../../src/persistence/journal.js';
import { PassedTime } from '../../src/persistence/passed-time.js';
import { RecoveredState } from '../../src/persistence/recovered.state.js';
import { SqliteCheckStore } from '../../src/persistence/sqlite/checks/sqlite.check.store.js';
import { RememberedServices } from '../../src/services/remembered.services.js';
import { ServiceDirectory } from '../../src/services/service.directory.js';
import { ServiceRecovery } from '../../src/services/service.recovery.js';
import { ServiceRegistry } from '../../src/services/service.registry.js';
import { readSettings } from '../../src/settings/read-settings.js';
import type { Opened } from '../sqlite-fixture.js';

/** How far time moves at once, in milliseconds. */
const STEP_MS = 10;

/** A run of a check that the fixture answers. */
export interface Run {
  readonly id: string;
  /** Since the clock began, in milliseconds. */
  readonly atMs: number;
}

/** Services and checks over a store, on a clock that is moved by hand; what they look at is scripted. */
export class ChecksFixture {
  readonly running: RunningClock;
  readonly journal: Journal;
  readonly directory = new CheckDirectory();
  readonly services = new ServiceDirectory();
  readonly history: CheckHistory;
  readonly failures: CheckMassFailure;
  readonly massFailures: MassFailureLog;
  readonly passed: PassedTime;
  readonly recorder: CheckRecorder;
  readonly remembered: RememberedServices;
  readonly registry: ServiceRegistry;
  readonly checks: CheckService;
  readonly scheduler: InProcessScheduler;
  readonly tasks: CheckTasks;
  readonly executor: CheckExecutor;
  /** Every run, in order. */
  readonly runs: Run[] = [];
  /** Every transition, after it became durable. */
  readonly recorded: RecordedTransition[] = [];
  /** What a look finds; by the id of the check. */
  answer: (id: string) => ProbeOutcome | Promise<ProbeResult> = () => 'success';
  private readonly recovery: CheckRecovery;

  constructor(
    readonly opened: Opened,
    readonly clock = new ManualClock(),
    { massFailureHold = '' } = {},
  ) {
    Logger.overrideLogger(false);
    const settings = readSettings({ VITALS_MASS_FAILURE_HOLD: massFailureHold });
    const { directory, services } = this;
    this.running = new RunningClock(clock);
    this.journal = new Journal(clock, opened.store);
    this.journal.recorded.subscribe((recorded) => this.recorded.push(...recorded));
    const recovered = { read: () => opened.store.load() } as unknown as RecoveredState;
    const passed = (this.passed = new PassedTime(recovered, this.journal, clock, this.running));
    this.massFailures = new MassFailureLog(recovered, this.journal, clock);
    this.history = new CheckHistory(directory, this.journal, clock, this.running, settings, passed);
    this.failures = new CheckMassFailure(
      directory,
      clock,
      this.running,
      settings,
      this.massFailures,
      this.journal,
      passed,
    );
    const registered = new RegisteredChecks(directory, services, clock, this.running);
    this.remembered = new RememberedServices(this.journal, this.running);
    this.registry = new ServiceRegistry(services, registered, this.remembered, this.journal, clock);
    this.recorder = new CheckRecorder(
      directory,
      services,
      this.registry,
      this.failures,
      this.history,
      this.journal,
      clock,
      this.running,
    );
    this.scheduler = new InProcessScheduler(this.running);
    this.tasks = new CheckTasks(directory, this.scheduler, settings, clock, this.running);
    const runner = { run: (check: Check, onStart: () => void) => this.run(check, onStart) } as CheckRunner;
    this.executor = new CheckExecutor(
      directory,
      this.recorder,
      runner,
      this.tasks,
      this.scheduler,
      clock,
      this.running,
    );
    const targets = new TargetPolicy(new AddressPolicy(settings.outbound.allowCidrs));
    this.checks = new CheckService(directory, this.recorder, targets, this.journal, clock, this.running);
    const checkStore = new SqliteCheckStore(opened.database);
    const serviceRecovery = new ServiceRecovery(recovered, checkStore, services, this.remembered);
    this.recovery = new CheckRecovery(checkStore, serviceRecovery, services, directory, this.running);
  }

  /** As the application starts. */
  static async started(
    opened: Opened,
    clock?: ManualClock,
    more?: { massFailureHold?: string },
  ): Promise<ChecksFixture> {
    const fixture = new ChecksFixture(opened, clock, more);
    const { lastSequence } = await opened.store.load();
    fixture.journal.continueFrom(lastSequence);
    await fixture.passed.onModuleInit();
    await fixture.massFailures.onModuleInit();
    await fixture.recovery.onModuleInit();
    fixture.recorder.onModuleInit();
    fixture.executor.onModuleInit();
    fixture.failures.onApplicationBootstrap();
    fixture.tasks.onApplicationBootstrap();
    fixture.scheduler.onApplicationBootstrap();
    return fixture;
  }

  /** Registers a node of service `serviceId`. */
  async register(
    serviceId: string,
    check?: Partial<RegisteredCheck>,
    port = 80,
    tag?: string,
  ): Promise<ServiceNode> {
    const at = { protocol: 'http', address: '127.0.0.1', port };
    const node: ServiceNode = { serviceId, ...(tag !== undefined && { tag }), ...at };
    const defaults = { healthPath: '/health/', tlsSkipVerify: false, interval: 10_000 };
    const whole = check && { ...defaults, deregisterCriticalServiceAfter: 120_000, ...check };
    await this.done(this.registry.register({ ...node, ...(whole && { check: whole }) }, { onlyNew: false }));
    return node;
  }

  /** Defines a check through the API. */
  async define(id: string, more: Partial<CheckDefinition> = {}): Promise<Check> {
    const definition: CheckDefinition = {
      ...DEFAULT_CHECK_POLICY,
      deregisterAfterMs: 0,
      id,
      target: { kind: 'tcp', host: '127.0.0.1', port: 80 },
      maintenance: [],
      labels: {},
      paused: false,
      ...more,
    };
    return (await this.done(this.checks.define(definition, 'api'))).check;
  }

  /** Moves time, with everything that falls due meanwhile; `until` ends it early. */
  async pass(ms: number, until?: () => boolean): Promise<void> {
    await this.passUnsettled(ms, until);
    await this.settled();
  }

  /** The same, while the store may be away. */
  async passUnsettled(ms: number, until: () => boolean = () => false): Promise<void> {
    for (let passed = 0; passed < ms && !until(); passed += STEP_MS) {
      await this.clock.advance(STEP_MS);
      this.scheduler.tick();
    }
  }

  /** Until everything that was decided is durable. */
  async settled(): Promise<void> {
    await this.done(this.journal.settleChecks());
  }

  /** Waits for something that needs the store. */
  async done<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const mark = (): void => void (ended = true);
    work.then(mark, mark);
    while (!ended) {
      await this.clock.advance(0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return work;
  }

  /** The states that a check went through, with the seconds at which it did. */
  story(id: string): string[] {
    const startMs = this.clock.wallMs() - this.clock.monotonicMs();
    return this.recorded
      .filter(({ subject }) => subject === id)
      .map(({ to, atMs }) => `${(atMs - startMs) / 1_000} ${to}`);
  }

  private async run({ id }: Check, onStart: () => void): Promise<ProbeResult> {
    onStart();
    this.runs.push({ id, atMs: this.clock.monotonicMs() });
    const answer = await this.answer(id);
    return typeof answer === 'string'
      ? { outcome: answer, message: `it was a ${answer}`, durationMs: 3 }
      : answer;
  }
}
