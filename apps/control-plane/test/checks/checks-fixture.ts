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
import { CheckApplier } from '../../src/checks/check.applier.js';
import { CheckService } from '../../src/checks/check.service.js';
import { CheckExecutor, type CheckRunner } from '../../src/checks/execution/check.executor.js';
import { CheckHistory } from '../../src/checks/check.history.js';
import { transitionsOfChecks } from '../../src/checks/check.rows.js';
import { RegisteredChecks } from '../../src/checks/registered.checks.js';
import { CheckTasks } from '../../src/checks/execution/check.tasks.js';
import { InProcessScheduler } from '../../src/checks/execution/in-process.scheduler.js';
import { TargetPolicy } from '../../src/outbound/guard/target.policy.js';
import { AddressPolicy } from '../../src/outbound/addresses/address.policy.js';
import { MassFailureLog } from '../../src/mass-failures/mass-failure.log.js';
import type { Database } from '../../src/database/database.js';
import { Feed } from '../../src/database/feed.js';
import { Journal } from '../../src/database/journal.js';
import { PassedTime } from '../../src/database/passed-time.js';
import { TRANSITIONS } from '../../src/database/transition.record.js';
import { RememberedServices } from '../../src/services/remembered.services.js';
import { ServiceDirectory } from '../../src/services/service.directory.js';
import { ServiceRegistry } from '../../src/services/service.registry.js';
import type { InstancePlace, RegisteredCheck } from '../../src/services/service.rows.js';
import { readSettings } from '../../src/settings/read-settings.js';

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
  readonly services: ServiceDirectory;
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
  private readonly applier: CheckApplier;

  constructor(
    readonly database: Database,
    readonly clock = new ManualClock(),
    { massFailureHold = '' } = {},
    readonly feed = new Feed(),
  ) {
    Logger.overrideLogger(false);
    const settings = readSettings({ VITALS_MASS_FAILURE_HOLD: massFailureHold });
    const { directory } = this;
    const services = (this.services = new ServiceDirectory(database, feed));
    this.running = new RunningClock(clock);
    this.journal = new Journal(clock, database, feed);
    feed.recorded.subscribe((recorded) => this.recorded.push(...recorded));
    const passed = (this.passed = new PassedTime(database, this.journal, clock, this.running));
    this.massFailures = new MassFailureLog(database, this.journal, clock);
    this.history = new CheckHistory(directory, database, this.journal, clock, this.running, passed);
    this.failures = new CheckMassFailure(
      directory,
      clock,
      this.running,
      settings,
      this.massFailures,
      this.journal,
      passed,
    );
    const registered = new RegisteredChecks(directory, this.journal, clock, this.running);
    this.remembered = new RememberedServices(database, this.journal, this.running, feed);
    this.registry = new ServiceRegistry(services, registered, this.remembered, this.journal, clock);
    this.recorder = new CheckRecorder(
      directory,
      this.remembered,
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
    this.applier = new CheckApplier(directory, services, this.remembered, database, this.running, feed);
  }

  /** As the application starts. */
  static async started(
    database: Database,
    clock?: ManualClock,
    more?: { massFailureHold?: string },
  ): Promise<ChecksFixture> {
    const feed = new Feed(await database.max(TRANSITIONS, 'sequence'));
    const fixture = new ChecksFixture(database, clock, more, feed);
    await fixture.passed.onModuleInit();
    await fixture.massFailures.onModuleInit();
    await fixture.remembered.onModuleInit();
    await fixture.applier.onModuleInit();
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
  ): Promise<InstancePlace> {
    const at = { protocol: 'http', address: '127.0.0.1', port };
    const node: InstancePlace = { serviceId, ...(tag !== undefined && { tag }), ...at };
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
    await this.done(this.journal.settle(transitionsOfChecks));
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
