import { join } from 'node:path';
import { freePort } from '../../support/control-plane-process.js';
import { FaultyNetwork } from '../../integration/services/faulty.network.js';
import { databaseUrlAt, LocalCluster } from '../launch/cluster.js';
import type { Instance } from '../launch/instance.js';
import { until } from '../load/until.js';
import { ownersIn } from '../launch/owners.js';
import { SmallDisk } from './small.disk.js';

export const ADMIN_TOKEN = 'administrator-of-a-tested-cluster';
export const REGISTRATION_TOKEN = 'registration-in-a-tested-cluster';

/** Short enough for a fault of seconds to be longer than a deadline. */
const SETTINGS = {
  VITALS_ADMIN_TOKEN: ADMIN_TOKEN,
  VITALS_REGISTRATION_TOKEN: REGISTRATION_TOKEN,
  VITALS_RATE_LIMIT: '0',
  VITALS_HEARTBEAT_INTERVAL: '1s',
  VITALS_MISSED_BEATS: '3',
  VITALS_HEARTBEAT_GRACE: '1s',
  VITALS_CHECK_ALLOW_CIDRS: '127.0.0.0/8',
  VITALS_DRAIN: '3s',
};

/** What is between an instance and the servers. */
export interface Networks {
  readonly kafka: FaultyNetwork;
  readonly postgres: FaultyNetwork;
}

const READY_WITHIN_MS = 120_000;
/** The longest that scaling adds. */
const MOST_INSTANCES = 5;

/** A cluster whose every instance reaches PostgreSQL and Kafka through networks of its own. */
export class TestedCluster {
  private constructor(
    readonly local: LocalCluster,
    private readonly networks: readonly Networks[],
    /** To Kafka, also for instances that were never added. */
    private readonly kafkaNetworks: readonly FaultyNetwork[],
    /** Where PostgreSQL writes, if that can be filled. */
    readonly disk: SmallDisk | undefined,
  ) {}

  /** A cluster that is still to be started. @param hasSmallDisk whether PostgreSQL has a disk that can be filled */
  static async create(log: (line: string) => void, hasSmallDisk = false): Promise<TestedCluster> {
    const listenerPorts = await Promise.all(Array.from({ length: MOST_INSTANCES }, () => freePort()));
    const kafka = await Promise.all(listenerPorts.map((port) => FaultyNetwork.before(port)));
    const all: Networks[] = [];
    const named = (ports: readonly number[]): string =>
      ports.map((port, at) => `INSTANCE${at + 1}://127.0.0.1:${port}`).join(',');
    const disk = hasSmallDisk ? new SmallDisk() : undefined;
    const local = new LocalCluster({
      instances: 1,
      port: 0,
      environment: SETTINGS,
      listeners: {
        listeners: named(listenerPorts),
        advertised: named(kafka.map(({ port }) => port)),
        protocols: listenerPorts.map((_, at) => `INSTANCE${at + 1}:PLAINTEXT`).join(','),
        properties: () => [],
        format: [],
      },
      environmentOf: async (number, servers) => {
        const network = {
          kafka: kafka[number - 1] as FaultyNetwork,
          postgres: await FaultyNetwork.before(servers.postgres.port),
        };
        all[number - 1] = network;
        return {
          KAFKA_BROKERS: `127.0.0.1:${network.kafka.port}`,
          DATABASE_URL: databaseUrlAt(network.postgres.port),
        };
      },
      log,
      onStopped: () => disk?.unmount(),
      onDeath: (instance, how) => log(`${instance.name} ended: ${how}`),
      onReadiness: (instance, isReady, reason) =>
        log(`${instance.name} ${isReady ? 'gets' : 'no longer gets'} requests: it ${reason}`),
    });
    disk?.mountAt(join(local.folder, 'postgres'));
    return new TestedCluster(local, all, kafka, disk);
  }

  /** One after the other; resolves once all get requests. */
  async start(instances: number): Promise<void> {
    await this.local.start();
    for (let count = 1; count < instances; count++) await this.add();
    await this.whole();
  }

  get instances(): readonly Instance[] {
    return this.local.instances;
  }

  networksOf(instance: Instance): Networks {
    return this.networks[this.local.instances.indexOf(instance)] as Networks;
  }

  /** One more instance; resolves once it is ready. */
  async add(): Promise<Instance> {
    const instance = await this.local.add();
    await this.local.startOne(instance);
    return instance;
  }

  /** The running instances, that with the most partitions first. */
  async byPartitions(): Promise<Instance[]> {
    const owners = await ownersIn(this.local.databaseUrl);
    const countOf = ({ pid }: Instance): number => owners.filter((owner) => owner.pid === pid).length;
    return this.instances
      .filter(({ isRunning }) => isRunning)
      .sort((one, other) => countOf(other) - countOf(one));
  }

  /** Resolves once every running instance gets requests, with the milliseconds that it took. */
  async whole(): Promise<number> {
    const startedMs = performance.now();
    const isWhole = (): boolean =>
      this.instances.every(({ isRunning, port }) => !isRunning || this.local.balancer.ready.includes(port));
    await until(isWhole, READY_WITHIN_MS, 100, 'readiness of all instances');
    return performance.now() - startedMs;
  }

  async stop(): Promise<void> {
    await this.local.stop();
    const networks = [...this.kafkaNetworks, ...this.networks.map(({ postgres }) => postgres)];
    await Promise.all(networks.map((network) => network.close()));
  }
}
