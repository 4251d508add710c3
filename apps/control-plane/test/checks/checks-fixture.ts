import {
  type CheckDefinition,
  type ProbeOutcome,
  type ProbeResult,
  type ProbeTarget,
} from '@vitals/core/check';
import type { RecordedTransition } from '@vitals/core/transition';
import { RunningClock } from '@vitals/core/time';
import { Check } from '../../src/checks/check.js';
import { CheckDirectory } from '../../src/checks/check.directory.js';
import { CheckMassFailure } from '../../src/checks/check.mass-failure.js';
import { CheckRecorder } from '../../src/checks/check.recorder.js';
import { CheckService } from '../../src/checks/check.service.js';
import { ChecksModule } from '../../src/checks/checks.module.js';
import { CheckExecutor } from '../../src/checks/execution/check.executor.js';
import { CheckHistory } from '../../src/checks/check.history.js';
import { InProcessScheduler, TaskScheduler } from '../../src/checks/execution/task.scheduler.js';
import { MassFailureDirectory } from '../../src/mass-failures/mass-failure.directory.js';
import { MassFailuresModule } from '../../src/mass-failures/mass-failures.module.js';
import type { InstancePlace } from '@vitals/core/check';
import type { RegisteredCheck } from '../../src/services/service.rows.js';
import { transitionsOfChecks } from '../../src/checks/check.transitions.js';
import { Database } from '../../src/database/database.js';
import { Feed } from '../../src/database/feed.js';
import { Journal } from '../../src/database/journal.js';
import { PassedTime } from '../../src/database/passed-time.js';
import { RememberedServices } from '../../src/services/remembered.services.js';
import { ServiceDirectory } from '../../src/services/service.directory.js';
import { ServiceRegistry } from '../../src/services/service.registry.js';
import { ServicesModule } from '../../src/services/services.module.js';
import { type PlaneOptions, TestPlane } from '../test-plane.js';
import { tcpCheck } from './tcp-check.js';

/** How far time moves at once, in milliseconds. */
const STEP_MS = 10;

/** A run of a check that the fixture answers. */
export interface Run {
  readonly id: string;
  /** Since the clock began, in milliseconds. */
  readonly atMs: number;
}

/** What the fixture differs in from a plane with services and checks. */
type Options = Omit<PlaneOptions, 'probe'>;

/** Services and checks over a file, on a clock that is moved by hand; what they look at is scripted. */
export class ChecksFixture {
  readonly clock = this.plane.clock;
  readonly running = this.plane.get(RunningClock);
  readonly database = this.plane.get(Database);
  readonly feed = this.plane.get(Feed);
  readonly journal = this.plane.get(Journal);
  readonly directory = this.plane.get(CheckDirectory);
  readonly services = this.plane.get(ServiceDirectory);
  readonly history = this.plane.get(CheckHistory);
  readonly failures = this.plane.get(CheckMassFailure);
  readonly massFailures = this.plane.get(MassFailureDirectory);
  readonly passed = this.plane.get(PassedTime);
  readonly recorder = this.plane.get(CheckRecorder);
  readonly remembered = this.plane.get(RememberedServices);
  readonly registry = this.plane.get(ServiceRegistry);
  readonly checks = this.plane.get(CheckService);
  readonly scheduler = this.plane.get(TaskScheduler) as InProcessScheduler;
  readonly executor = this.plane.get(CheckExecutor);
  /** Every run, in order. */
  readonly runs: Run[] = [];
  /** Every transition, after it became durable. */
  readonly recorded: RecordedTransition[] = [];
  /** What a look finds; by the id of the check. */
  answer: (id: string) => ProbeOutcome | Promise<ProbeResult> = () => 'success';

  private constructor(
    readonly plane: TestPlane,
    looks: Looks,
  ) {
    looks.find = (target) => this.look(target);
    this.feed.recorded.subscribe((recorded) => this.recorded.push(...recorded));
  }

  /** After the boot. */
  static async start({ modules = [], ...more }: Options = {}): Promise<ChecksFixture> {
    const looks = new Looks();
    const plane = await TestPlane.start({
      modules: [MassFailuresModule, ServicesModule, ChecksModule, ...modules],
      onDisk: true,
      probe: looks.probe,
      ...more,
    });
    return new ChecksFixture(plane, looks);
  }

  /** After the boot on what lies on disk by now; this one is left as it is. */
  async afterPowerLoss(more: Options = {}): Promise<ChecksFixture> {
    const looks = new Looks();
    return new ChecksFixture(await this.plane.afterPowerLoss({ probe: looks.probe, ...more }), looks);
  }

  /** Registers a node of service `serviceId`. */
  async register(
    serviceId: string,
    check?: Partial<RegisteredCheck>,
    port = 80,
    tag?: string,
  ): Promise<InstancePlace> {
    const at = { protocol: 'http', address: '127.0.0.1', port };
    const node = { serviceId, ...(tag !== undefined && { tag }), ...at };
    const defaults = { healthPath: '/health/', tlsSkipVerify: false, interval: 10_000 };
    const whole = check && { ...defaults, deregisterCriticalServiceAfter: 120_000, ...check };
    await this.done(this.registry.register({ ...node, ...(whole && { check: whole }) }, { onlyNew: false }));
    return node;
  }

  /** Defines a check through the API. */
  async define(id: string, more: Partial<CheckDefinition> = {}): Promise<Check> {
    const definition = tcpCheck(id, more);
    return (await this.done(this.checks.define(definition.id, () => definition, 'api'))).check;
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
  done<T>(work: Promise<T>): Promise<T> {
    return this.plane.done(work);
  }

  /** The states that a check went through, with the seconds at which it did. */
  story(id: string): string[] {
    const startMs = this.clock.wallMs() - this.clock.monotonicMs();
    return this.recorded
      .filter(({ subject }) => subject === id)
      .map(({ to, atMs }) => `${(atMs - startMs) / 1_000} ${to}`);
  }

  private async look(target: ProbeTarget): Promise<ProbeResult> {
    const id = [...this.directory.all()].find(({ definition }) => definition.target === target)?.id ?? '';
    this.runs.push({ id, atMs: this.clock.monotonicMs() });
    const answer = await this.answer(id);
    return typeof answer === 'string'
      ? { outcome: answer, message: `it was a ${answer}`, durationMs: 3 }
      : answer;
  }
}

/** The looks of a plane, which is built before the fixture that scripts them. */
class Looks {
  find: (target: ProbeTarget) => Promise<ProbeResult> = () => new Promise(() => undefined);
  readonly probe = (target: ProbeTarget): Promise<ProbeResult> => this.find(target);
}
