import type { Service } from '../../integration/services/service.js';
import { awayGapMs, DEATH_GAP_MS, endure, type Fault, type Scene } from './fault.js';
import { SmallDisk } from './small.disk.js';
import type { Networks, TestedCluster } from './tested.cluster.js';

const AWAY_MS = 20_000;
const SLOW_MS = 30_000;
const SLOW_BY_MS = { kafka: 300, postgres: 100 } as const;

/** A server is killed, and started again. */
const away = (name: string, title: string, which: readonly ('kafka' | 'postgres')[]): Fault => ({
  name,
  title,
  gapMs: awayGapMs(AWAY_MS),
  awayMs: AWAY_MS,
  happen: async (scene) => {
    const services: Service[] = which.map((server) => scene.cluster.local[server]);
    await Promise.all(services.map((service) => service.kill()));
    await endure(scene, AWAY_MS);
    await Promise.all(services.map((service) => service.start()));
  },
});

/** A server takes connections and answers nothing, for its process is stopped. */
const silent = (server: 'kafka' | 'postgres', title: string): Fault => ({
  name: `${server}-silent`,
  title,
  gapMs: awayGapMs(AWAY_MS),
  awayMs: AWAY_MS,
  happen: async (scene) => {
    await scene.cluster.local[server].hang();
    await endure(scene, AWAY_MS);
    scene.cluster.local[server].resume();
  },
});

/** Every answer of a server comes later. */
const slow = (server: 'kafka' | 'postgres', title: string): Fault => ({
  name: `${server}-slow`,
  title,
  gapMs: DEATH_GAP_MS,
  happen: async (scene) => {
    const networks = networksOf(scene.cluster).map((each) => each[server]);
    for (const network of networks) network.delayMs = SLOW_BY_MS[server];
    await endure(scene, SLOW_MS);
    for (const network of networks) network.delayMs = 0;
  },
});

/** One instance, that with the most partitions, is cut off from a server; nothing is refused and nothing arrives. */
const partitioned = (server: 'kafka' | 'postgres', title: string): Fault => ({
  name: `partitioned-${server}`,
  title,
  gapMs: awayGapMs(server === 'kafka' ? 0 : AWAY_MS),
  happen: async (scene: Scene) => {
    const [instance] = await scene.cluster.byPartitions();
    if (!instance) throw new Error('no instance runs');
    const network = scene.cluster.networksOf(instance)[server];
    network.mute();
    await endure(scene, AWAY_MS);
    network.up();
  },
});

/** The disk of PostgreSQL is full; whoever operates it makes room, and starts it again if it gave up. */
const full: Fault = {
  name: 'postgres-full',
  title: `the disk of PostgreSQL is full for ${AWAY_MS / 1_000} s`,
  gapMs: awayGapMs(AWAY_MS),
  awayMs: AWAY_MS,
  needsSmallDisk: true,
  impossible: () =>
    SmallDisk.isPossible() ? undefined : 'a small file system can be mounted only by root on Linux',
  happen: async (scene) => {
    const { disk, local } = scene.cluster;
    disk?.fill();
    await endure(scene, AWAY_MS);
    disk?.empty();
    if (!local.postgres.isRunning) await local.postgres.start();
  },
};

/** What happens to PostgreSQL and Kafka. */
export const SERVER_FAULTS: readonly Fault[] = [
  away('kafka-away', `Kafka is killed, and started again after ${AWAY_MS / 1_000} s`, ['kafka']),
  away('postgres-away', `PostgreSQL is killed, and started again after ${AWAY_MS / 1_000} s`, ['postgres']),
  away('both-away', 'both are killed, and started again after 20 s', ['kafka', 'postgres']),
  silent('kafka', 'Kafka takes connections and answers nothing for 20 s'),
  silent('postgres', 'PostgreSQL takes connections and answers nothing for 20 s'),
  slow('kafka', `every answer of Kafka comes ${SLOW_BY_MS.kafka} ms later for 30 s`),
  slow('postgres', `every answer of PostgreSQL comes ${SLOW_BY_MS.postgres} ms later for 30 s`),
  partitioned('kafka', 'the instance with the most partitions is cut off from Kafka for 20 s'),
  partitioned('postgres', 'the instance with the most partitions is cut off from PostgreSQL for 20 s'),
  full,
];

function networksOf(cluster: TestedCluster): Networks[] {
  return cluster.instances.map((instance) => cluster.networksOf(instance));
}
