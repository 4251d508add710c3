import { row } from '../support/statistics.js';
import { startCluster, untilOwned } from './cluster.js';

const SESSION_MS = 6_000;
const GOAL = { atMost: SESSION_MS + 3_000 };

/** How long it takes until the partitions of an instance that was killed are owned by others. */
export async function benchClusterTakeover({ rounds = 5 } = {}) {
  const tookMs = [];
  for (let round = 0; round < rounds; round++) {
    const cluster = await startCluster();
    try {
      const [killed, ...others] = cluster.members;
      await killed.kill();
      const beganMs = performance.now();
      await untilOwned(others, 20);
      tookMs.push(performance.now() - beganMs);
    } finally {
      await cluster.stop();
    }
  }
  return {
    title: 'Takeover on a cluster',
    how: `One of three instances is ended with SIGKILL; the time from there until the other two own all partitions, as their readiness tells, asked every 20 ms. The session of the group is ${SESSION_MS / 1_000} s. ${rounds} clusters.`,
    rows: [row('until all partitions are owned', 'ms', 0, tookMs, GOAL)],
  };
}
