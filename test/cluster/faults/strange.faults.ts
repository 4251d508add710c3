import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Producer } from '@platformatic/kafka';
import type { Instance } from '../launch/instance.js';
import { awayGapMs, DEATH_GAP_MS, endure, type Fault } from './fault.js';
import type { TestedCluster } from './tested.cluster.js';

const HOUR_MS = 3_600_000;
const CLOCK = resolve('test/cluster/faults/shifted-clock.js');
const TOPICS = ['scheduler', 'health-checks', 'heartbeats', 'changes'];
const PARTITIONS = 16;
const MAIN = 'apps/control-plane/dist/main.js';

/** Starts an instance again, with what differs. */
async function restarted(cluster: TestedCluster, instance: Instance): Promise<void> {
  await instance.stop();
  await cluster.local.startOne(instance);
  await cluster.whole();
}

/** What no program of the project would write. */
const STRANGE: readonly (Buffer | undefined)[] = [
  Buffer.from(''),
  Buffer.from('{'),
  Buffer.from('null'),
  Buffer.from('[]'),
  Buffer.from('{"type":"beats","beats":[{"name":7}]}'),
  Buffer.from('{"action":"INSERT"}'),
  randomBytes(1_000),
  Buffer.alloc(500_000, 'x'),
  undefined,
];

async function writeStrange(cluster: TestedCluster): Promise<void> {
  const producer = new Producer({
    clientId: 'stranger',
    bootstrapBrokers: [`127.0.0.1:${cluster.local.kafka.port}`],
    idempotent: true,
  });
  try {
    for (const role of TOPICS) {
      const messages = STRANGE.flatMap((value, at) => {
        const key = at % 3 === 0 ? undefined : Buffer.from(at % 3 === 1 ? 'a key' : randomBytes(9));
        const partition = (at * 5) % PARTITIONS;
        const message = { topic: `vitals.${role}`, partition, ...(key && { key }), ...(value && { value }) };
        return role === 'scheduler' && !key ? [] : [message];
      });
      await producer.send({ messages });
    }
  } finally {
    await producer.close();
  }
}

/** What comes from outside, or was prepared. */
export const STRANGE_FAULTS: readonly Fault[] = [
  {
    name: 'clocks-apart',
    title: 'the wall clocks of three instances are an hour apart; then one that judges is restarted',
    gapMs: DEATH_GAP_MS,
    prepare: async (cluster) => {
      for (const [at, instance] of cluster.instances.entries()) {
        instance.nodeArguments = ['--import', CLOCK];
        instance.environment = { SHIFTED_CLOCK_MS: String((at - 1) * HOUR_MS) };
        await restarted(cluster, instance);
      }
    },
    happen: async (scene) => {
      const [instance] = await scene.cluster.byPartitions();
      await endure(scene, 10_000);
      if (instance) await restarted(scene.cluster, instance);
    },
  },
  {
    name: 'two-versions',
    title: 'one instance is replaced by another version, and back',
    gapMs: DEATH_GAP_MS,
    impossible: (otherVersion) => {
      if (otherVersion === undefined)
        return 'no other version was given: --other names a built checkout of one';
      return existsSync(resolve(otherVersion, MAIN)) ? undefined : `${otherVersion} has no ${MAIN}`;
    },
    happen: async (scene) => {
      const [instance] = await scene.cluster.byPartitions();
      if (!instance) throw new Error('no instance runs');
      const { program } = instance;
      instance.program = resolve(scene.otherVersion ?? '', MAIN);
      await restarted(scene.cluster, instance);
      await endure(scene, 20_000);
      instance.program = program;
      await restarted(scene.cluster, instance);
    },
  },
  {
    name: 'foreign-messages',
    title:
      'messages of others, and broken ones, come on each topic; then an owner is killed and reads them again',
    gapMs: awayGapMs(0),
    happen: async (scene) => {
      await writeStrange(scene.cluster);
      await endure(scene, 5_000);
      const [instance] = await scene.cluster.byPartitions();
      await instance?.kill();
      await writeStrange(scene.cluster);
      await endure(scene, 10_000);
      if (instance) await scene.cluster.local.startOne(instance);
    },
  },
];
