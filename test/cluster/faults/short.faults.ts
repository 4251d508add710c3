import { type Fault, hang } from './fault.js';
import { INSTANCE_FAULTS } from './instances.faults.js';
import { SERVER_FAULTS } from './servers.faults.js';

const NAMES = ['kill-owner', 'kafka-away', 'rolling-restart'];
/** Longer than a deadline, and than the time in which an instance is given up. */
const STOPPED_MS = 20_000;

/** What fits into four minutes. */
export const SHORT_FAULTS: readonly Fault[] = [
  ...[...INSTANCE_FAULTS, ...SERVER_FAULTS].filter(({ name }) => NAMES.includes(name)),
  ...INSTANCE_FAULTS.filter(({ name }) => name === 'stop-front').map((fault) => ({
    ...fault,
    title: `SIGSTOP of the instance with the fewest partitions for ${STOPPED_MS / 1_000} s`,
    happen: async (scene: Parameters<Fault['happen']>[0]) => {
      const instance = (await scene.cluster.byPartitions()).at(-1);
      if (instance) await hang(scene, instance, STOPPED_MS);
    },
  })),
];
