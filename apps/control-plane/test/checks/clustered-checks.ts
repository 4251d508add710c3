import { Logger } from '@nestjs/common';
import {
  type CheckDefinition,
  type ProbeOutcome,
  type ProbeResult,
  type ProbeTarget,
} from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';
import type { RecordedTransition } from '@vitals/core/transition';
import { ManualClock } from '@vitals/core/time';
import { afterEachTest } from '../../../../test/environment/after-each-test.js';
import { MemoryClusterLog, MemoryTopics } from '../../../../test/support/memory.cluster-log.js';
import type { Check } from '../../src/checks/check.js';
import { CheckDirectory } from '../../src/checks/check.directory.js';
import { CheckHistory } from '../../src/checks/check.history.js';
import { CheckService } from '../../src/checks/check.service.js';
import { ChecksModule } from '../../src/checks/checks.module.js';
import { CheckTicker } from '../../src/checks/cluster/check.ticker.js';
import { CommandConsumer } from '../../src/checks/cluster/command.consumer.js';
import { HeardSince } from '../../src/checks/cluster/heard.since.js';
import { TaskRelay } from '../../src/checks/cluster/task.relay.js';
import { CheckExecutor } from '../../src/checks/execution/check.executor.js';
import { MaintenanceWatch } from '../../src/checks/maintenance/maintenance.watch.js';
import { TRANSITIONS } from '../../src/database/transition.record.js';
import { ServiceDirectory } from '../../src/services/service.directory.js';
import { ServiceRegistry } from '../../src/services/service.registry.js';
import { ServicesModule } from '../../src/services/services.module.js';
import { INSTANCE_MODULES, instanceOptions } from '../instance-options.js';
import { SharedMemoryDatabase, SharedTables } from '../shared.memory.database.js';
import { TestPlane } from '../test-plane.js';
import { tcpCheck } from './tcp-check.js';

const PARTITIONS = 4;
const ALL = [0, 1, 2, 3];
const STEP_MS = 50;
const MIDNIGHT_MS = Date.UTC(2026, 0, 1);
/** How far the wall clocks of the instances are off, in milliseconds. */
const OFF_MS: Readonly<Record<string, number>> = { a: 0, b: 3_600_000, c: -3_600_000 };

/** A run of a check, by the time of the cluster in milliseconds. */
export interface ClusterRun {
  readonly by: string;
  readonly id: string;
  readonly atMs: number;
}

/** One instance of a cluster, with its own clock. */
export class CheckingInstance {
  readonly directory = this.plane.get(CheckDirectory);
  readonly services = this.plane.get(ServiceDirectory);
  readonly registry = this.plane.get(ServiceRegistry);
  readonly checks = this.plane.get(CheckService);
  readonly executor = this.plane.get(CheckExecutor);
  readonly consumer = this.plane.get(CommandConsumer);
  readonly ticker = this.plane.get(CheckTicker);
  readonly relay = this.plane.get(TaskRelay);
  /** Nothing of it happens any more. */
  isDead = false;

  constructor(
    readonly name: string,
    readonly plane: TestPlane,
    readonly clock: ManualClock,
    readonly database: SharedMemoryDatabase,
    readonly log: MemoryClusterLog,
  ) {}

  check(id: string): Check {
    return this.directory.get(id);
  }

  /** What its intervals do. @param atMs of the cluster */
  step(atMs: number): void {
    this.ticker.tick();
    if (atMs % 500 === 0) this.plane.get(HeardSince).look();
    if (atMs % 1_000 === 0) void this.consumer.commit();
    if (atMs % 1_000 === 0) this.plane.get(MaintenanceWatch).reviewAll();
    if (atMs % 5_000 === 0) void this.relay.look();
    if (atMs % 5_000 === 0) void this.plane.get(CheckHistory).writeBuckets();
  }
}

/** Instances that share services and checks, over a log and a database in memory; what they look at is scripted. */
export class ClusteredChecks {
  readonly topics = new MemoryTopics(PARTITIONS);
  readonly shared = new SharedTables();
  readonly instances: CheckingInstance[] = [];
  readonly runs: ClusterRun[] = [];
  /** What the instances said of errors. */
  readonly errors: string[] = [];
  /** Milliseconds since the first instance started. */
  nowMs = 0;
  answer: (id: string, by: string) => ProbeOutcome | Promise<ProbeResult> = () => 'success';

  /** So many instances, of which the first owns, and the last one executes, every partition. */
  static async of(count: number): Promise<ClusteredChecks> {
    const cluster = new ClusteredChecks();
    for (let at = 0; at < count; at++) await cluster.start();
    await cluster.pass(500);
    await cluster.assign('owners', { 0: ALL });
    await cluster.assign('executors', { [count - 1]: ALL });
    await cluster.pass(1_000);
    return cluster;
  }

  async start(): Promise<CheckingInstance> {
    const name = 'abc'[this.instances.length] as string;
    const clock = new ManualClock(MIDNIGHT_MS + this.nowMs + (OFF_MS[name] ?? 0));
    const log = new MemoryClusterLog(this.topics, name, () => clock.monotonicMs());
    const database = new SharedMemoryDatabase(this.shared);
    const plane = await TestPlane.start({
      ...instanceOptions(log, database),
      modules: [...INSTANCE_MODULES, ServicesModule, ChecksModule],
      clock,
      probe: (target) => this.look(instance, target),
    });
    const say = (message: string): void => void this.errors.push(`${name}: ${message}`);
    Logger.overrideLogger({ log: () => undefined, warn: () => undefined, error: say });
    const instance = new CheckingInstance(name, plane, clock, database, log);
    this.instances.push(instance);
    return instance;
  }

  /** Gives all partitions of a group to instances, by their places; those that are not named are given up. */
  async assign(group: 'executors' | 'owners', partitions: Record<number, readonly number[]>): Promise<void> {
    const assignment: Record<string, readonly number[]> = {};
    for (const [at, { name, isDead }] of this.instances.entries()) {
      if (!isDead) assignment[name] = partitions[at] ?? [];
      else this.topics.group(group).giveUp(name);
    }
    await this.done(this.topics.group(group).assign(assignment));
  }

  /** An instance ends at once, and reaches nothing any more; nobody else is told. */
  kill(instance: CheckingInstance): void {
    instance.isDead = true;
    instance.database.cutOff = new VitalsError('store-unavailable', 'it is dead');
  }

  /** Time passes for all that live; `until` ends it early. */
  async pass(ms: number, until: () => boolean = () => false): Promise<void> {
    for (let passed = 0; passed < ms && !until(); passed += STEP_MS) {
      this.nowMs += STEP_MS;
      for (const instance of this.living) await instance.clock.advance(STEP_MS);
      for (const instance of this.living) instance.step(this.nowMs);
      await this.settle();
    }
    await this.settle();
  }

  /** Waits for something that needs the store; time passes only if it needs time as well. */
  async done<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const mark = (): void => void (ended = true);
    work.then(mark, mark);
    for (let turn = 1; !ended; turn++) {
      if (turn % 20 === 0) await this.pass(STEP_MS);
      await this.settle();
      await new Promise((resume) => setImmediate(resume));
    }
    return work;
  }

  /** Defines a check through an instance. */
  async define(by: CheckingInstance, id: string, more: Partial<CheckDefinition> = {}): Promise<void> {
    await this.done(by.checks.define(id, () => tcpCheck(id, more), 'api'));
  }

  /** Transitions of a subject, in their order. */
  story(id: string): string[] {
    return this.recorded.filter(({ subject }) => subject === id).map(({ from, to }) => `${from} > ${to}`);
  }

  get recorded(): RecordedTransition[] {
    const rows = (this.instances[0] as CheckingInstance).database.rows(TRANSITIONS);
    return rows.toSorted((one, other) => one.sequence - other.sequence);
  }

  private get living(): CheckingInstance[] {
    return this.instances.filter(({ isDead }) => !isDead);
  }

  private async settle(): Promise<void> {
    for (const instance of this.living) await instance.clock.advance(0);
  }

  private async look(instance: CheckingInstance, target: ProbeTarget): Promise<ProbeResult> {
    const all = [...instance.directory.all()];
    const id = all.find(({ definition }) => definition.target === target)?.id ?? '';
    this.runs.push({ by: instance.name, id, atMs: this.nowMs });
    const answer = await this.answer(id, instance.name);
    return typeof answer === 'string'
      ? { outcome: answer, message: `it was a ${answer}`, durationMs: 3 }
      : answer;
  }
}

afterEachTest(() => {
  Logger.overrideLogger(false);
});
