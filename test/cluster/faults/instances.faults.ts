import { setTimeout as wait } from 'node:timers/promises';
import type { Instance } from '../launch/instance.js';
import {
  awayGapMs,
  DEATH_GAP_MS,
  endure,
  type Fault,
  hang,
  killAndRestart,
  type Scene,
  TAKEOVER_MS,
} from './fault.js';

const DOWN_MS = 15_000;
const STOPPED_MS = 60_000;
const STORM_ROUNDS = 5;
const LARGEST = 5;

/** Who an instance is by what it owns: all take requests, and all run checks. */
const ROLES = {
  owner: ([first]: readonly Instance[]) => first,
  executor: ([, second]: readonly Instance[]) => second,
  front: (all: readonly Instance[]) => all.at(-1),
} as const;
type Role = keyof typeof ROLES;

async function inRole({ cluster }: Scene, role: Role): Promise<Instance> {
  const instance = ROLES[role](await cluster.byPartitions());
  if (!instance) throw new Error('too few instances run');
  return instance;
}

const killed = (role: Role, who: string): Fault => ({
  name: `kill-${role}`,
  title: `kill -9 of ${who}, started again after ${DOWN_MS / 1_000} s`,
  gapMs: DEATH_GAP_MS + TAKEOVER_MS,
  happen: async (scene) => killAndRestart(scene, await inRole(scene, role), DOWN_MS),
});

const stopped = (role: Role, who: string): Fault => ({
  name: `stop-${role}`,
  title: `SIGSTOP of ${who} for ${STOPPED_MS / 1_000} s`,
  gapMs: DEATH_GAP_MS + TAKEOVER_MS,
  happen: async (scene) => hang(scene, await inRole(scene, role), STOPPED_MS),
});

/** What happens to the instances. */
export const INSTANCE_FAULTS: readonly Fault[] = [
  killed('owner', 'the instance with the most partitions'),
  killed('executor', 'the second instance'),
  killed('front', 'the instance with the fewest partitions'),
  stopped('owner', 'the instance with the most partitions'),
  stopped('executor', 'the second instance'),
  stopped('front', 'the instance with the fewest partitions'),
  {
    name: 'rebalance-storm',
    title: `an instance leaves and comes back ${STORM_ROUNDS} times, now orderly and now killed`,
    gapMs: awayGapMs(0),
    happen: async (scene) => {
      const instance = await inRole(scene, 'executor');
      for (let round = 0; round < STORM_ROUNDS; round++) {
        await (round % 2 ? instance.kill() : instance.stop());
        if (round === 2) scene.load.kill(scene.deaths);
        await scene.cluster.local.startOne(instance);
        await wait(1_000);
      }
    },
  },
  {
    name: 'rolling-restart',
    title: 'every instance is ended by SIGTERM and started again, one after the other',
    gapMs: DEATH_GAP_MS,
    happen: async (scene) => {
      for (const instance of scene.cluster.instances) {
        await instance.stop();
        await scene.cluster.local.startOne(instance);
        await scene.cluster.whole();
      }
      scene.load.kill(scene.deaths);
    },
  },
  {
    name: 'scale',
    title: `from 1 to ${LARGEST} instances and back to 1`,
    gapMs: DEATH_GAP_MS,
    instances: 1,
    happen: async (scene) => {
      const { cluster, load, deaths } = scene;
      const spare = cluster.instances.slice(1);
      for (const instance of spare) await cluster.local.startOne(instance);
      while (cluster.instances.length < LARGEST) await cluster.add();
      await cluster.whole();
      await endure(scene, 5_000);
      for (const instance of cluster.instances.slice(1)) await instance.stop();
      load.kill(deaths);
    },
  },
];
