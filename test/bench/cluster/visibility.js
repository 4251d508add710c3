import { registerFleet } from '../fleet/fleet.js';
import { startDriver } from '../support/load.js';
import { stopAll } from '../support/servers.js';
import { percentile, row } from '../support/statistics.js';
import { startCluster } from './cluster.js';
import { nameOf } from '../fleet/requests.js';

const GIVEN_UP_MS = 10_000;
const GOAL = { atMost: 500 };

/** How long it takes until a heartbeat that one instance took is seen by another. */
export async function benchClusterVisibility({ rounds = 5, beats = 100 } = {}) {
  const cluster = await startCluster();
  const driver = await startDriver();
  const measured = [];
  try {
    await registerFleet(cluster.members[0], driver, 100);
    for (let round = 0; round < rounds; round++) {
      const tookMs = [];
      for (let beat = 0; beat < beats; beat++) tookMs.push(await seenAfter(cluster.members, beat));
      measured.push(tookMs);
    }
  } finally {
    await stopAll([driver, cluster]);
  }
  return {
    title: 'A heartbeat seen by another instance',
    how: `A provider sends a heartbeat to one of three instances; the time from its answer until GET /providers/{name}/status of another one shows it, asked without a pause. ${beats} heartbeats, of one provider after the other, ${rounds} times.`,
    rows: [
      row(
        'p99',
        'ms',
        0,
        measured.map((each) => percentile(each, 0.99)),
        GOAL,
      ),
      row(
        'median',
        'ms',
        0,
        measured.map((each) => percentile(each, 0.5)),
      ),
    ],
  };
}

async function seenAfter(members, at) {
  const [one, other] = [members[at % 3], members[(at + 1) % 3]];
  const path = `/providers/${nameOf(at % 100)}`;
  const sentMs = Date.now();
  await one.call('PUT', `${path}/status`, { timestamp: new Date(sentMs).toISOString(), phase: 'Ready' });
  const answeredMs = performance.now();
  for (;;) {
    const { last_heartbeat_at: heard } = await other.call('GET', `${path}/status`);
    const tookMs = performance.now() - answeredMs;
    if (heard !== undefined && Date.parse(heard) >= sentMs) return tookMs;
    if (tookMs > GIVEN_UP_MS) throw new Error(`the heartbeat was not seen within ${GIVEN_UP_MS} ms`);
  }
}
