import { Logger } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { LeaseView } from '@vitals/core/lease';
import type { RecordedTransition } from '@vitals/core/transition';
import { formatTimestamp, ManualClock } from '@vitals/core/time';
import { afterEachTest } from '../../../test/environment/after-each-test.js';
import { MemoryClusterLog, MemoryTopics } from '../../../test/support/memory.cluster-log.js';
import { ClusterLife } from '../src/heartbeats/cluster/cluster.life.js';
import { FollowedPartitions } from '../src/cluster/followed.partitions.js';
import { PartitionOwners } from '../src/cluster/partition.owners.js';
import { TRANSITIONS } from '../src/database/transition.record.js';
import type { Heartbeat } from '../src/heartbeats/heartbeat.schema.js';
import { HeartbeatsService } from '../src/heartbeats/heartbeats.service.js';
import { LeaseSweeper } from '../src/leases/lease.sweeper.js';
import { ProviderDirectory } from '../src/providers/provider.directory.js';
import type { Provider } from '../src/providers/provider.js';
import { RegistrationService } from '../src/providers/registration.service.js';
import { INSTANCE_MODULES, instanceOptions } from './instance-options.js';
import { SharedMemoryDatabase, SharedTables } from './shared.memory.database.js';
import { TestPlane } from './test-plane.js';

const PARTITIONS = 4;
const STEP_MS = 50;

/** A log that an instance can be cut off from. */
class InstanceLog extends MemoryClusterLog {
  isCutOff = false;

  override append(...args: Parameters<MemoryClusterLog['append']>): Promise<void> {
    if (!this.isCutOff) return super.append(...args);
    return Promise.reject(new VitalsError('store-unavailable', 'the brokers cannot be reached'));
  }
}

/** One instance of a cluster. */
export class InstanceFixture {
  readonly owners = this.plane.get(PartitionOwners);
  readonly partitions = this.plane.get(FollowedPartitions);
  private readonly sweeper = this.plane.get(LeaseSweeper);
  private readonly directory = this.plane.get(ProviderDirectory);

  /** It reaches nothing any more, and does nothing. */
  isDead = false;

  constructor(
    readonly plane: TestPlane,
    readonly database: SharedMemoryDatabase,
    readonly log: InstanceLog,
  ) {}

  provider(name: string): Provider {
    return this.directory.get(name);
  }

  lease(name: string): LeaseView {
    return this.partitions.leases.view(this.provider(name).lease);
  }

  register(name: string): Promise<unknown> {
    const registration = { name, endpoint: `http://${name}:80`, service_type: 'vm', schema_version: '1' };
    const terms = { withToken: false, onlyNew: false };
    return this.plane.done(this.plane.get(RegistrationService).register(registration, terms));
  }

  /** Takes a beat. @returns how it was answered: the interval in seconds, or the code of the refusal */
  async beat(name: string, phase: Heartbeat['phase'] = 'Ready'): Promise<number | string> {
    const timestamp = formatTimestamp(this.plane.clock.wallMs());
    try {
      const answer = this.plane.get(HeartbeatsService).take(this.provider(name), { phase, timestamp });
      await this.plane.done(answer.durable ?? Promise.resolve());
      return answer.nextIntervalSeconds;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  }

  /** What its schedule does in a step. */
  async step(): Promise<void> {
    this.partitions.look();
    await this.sweeper.sweep();
  }

  /** It ends at once; whatever it holds is lost. */
  kill(): void {
    this.isDead = true;
    this.log.isCutOff = true;
    this.database.cutOff = new VitalsError('store-unavailable', 'it is dead');
  }

  readiness(): string {
    return this.plane.get(ClusterLife).check().state;
  }
}

/** Instances of one cluster, over a log and a database in memory, on one clock. */
export class ClusterFixture {
  readonly clock = new ManualClock();
  readonly topics = new MemoryTopics(PARTITIONS);
  readonly shared = new SharedTables();
  readonly instances: InstanceFixture[] = [];
  /** What the instances said of errors. */
  readonly errors: string[] = [];

  /** So many instances, of which the first owns every partition. */
  static async of(count: number): Promise<ClusterFixture> {
    const fixture = new ClusterFixture();
    for (let at = 0; at < count; at++) await fixture.start();
    await fixture.pass(200);
    await fixture.assign(fixture.instances.map((_, at) => (at === 0 ? [0, 1, 2, 3] : [])));
    await fixture.pass(1_000);
    return fixture;
  }

  async start(): Promise<InstanceFixture> {
    const name = 'abc'[this.instances.length] as string;
    const log = new InstanceLog(this.topics, name, () => this.clock.monotonicMs());
    const database = new SharedMemoryDatabase(this.shared);
    const plane = await TestPlane.start({
      ...instanceOptions(log, database),
      modules: INSTANCE_MODULES,
      clock: this.clock,
    });
    Logger.overrideLogger({
      log: () => undefined,
      warn: () => undefined,
      error: (message: string) => void this.errors.push(message),
    });
    const instance = new InstanceFixture(plane, database, log);
    this.instances.push(instance);
    return instance;
  }

  /** The group of owners gives each instance these partitions, by the place of the instance; `undefined`: it is given up. */
  async assign(partitions: readonly (readonly number[] | undefined)[]): Promise<void> {
    const group = this.topics.group('owners');
    const assignment: Record<string, readonly number[]> = {};
    for (const [at, { log }] of this.instances.entries()) {
      const own = partitions[at];
      if (own) assignment[log.instance] = own;
      else group.giveUp(log.instance);
    }
    await this.plane.done(group.assign(assignment));
  }

  /** Time passes for all that are not stopped. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.clock.advance(STEP_MS);
      for (const instance of this.instances) if (!instance.isDead) await instance.step();
    }
    await this.clock.settle();
  }

  /** The transitions that are durable. */
  get recorded(): RecordedTransition[] {
    return (this.instances[0] as InstanceFixture).database.rows(TRANSITIONS);
  }

  private get plane(): TestPlane {
    return (this.instances[0] as InstanceFixture).plane;
  }
}

afterEachTest(() => {
  Logger.overrideLogger(false);
});
