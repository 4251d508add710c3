import { setTimeout as sleep } from 'node:timers/promises';
import { look } from '../checks/rate.js';
import { INTERVAL_MS, registerTargets, startTargets } from '../checks/targets.js';
import { stopAll } from '../support/servers.js';
import { pluck, row } from '../support/statistics.js';
import { startCluster } from './cluster.js';

const LATENESS_GOAL = { atMost: 250 };
const RARE_MS = 30_000;

/** How late the checks of a cluster of three instances start, and what they cost. */
export async function benchClusterChecks({
  size = 10_000,
  rounds = 5,
  seconds = 30,
  settleSeconds = 40,
} = {}) {
  const targets = await startTargets();
  const cluster = await startCluster(3, { VITALS_CHECK_ALLOW_CIDRS: '127.0.0.0/8' });
  const measured = [];
  try {
    await registerTargets(cluster.members[0], targets, size);
    await sleep(settleSeconds * 1_000);
    for (let round = 0; round < rounds; round++)
      measured.push(await measure(cluster, targets, seconds, size));
  } finally {
    await stopAll([targets, cluster]);
  }
  return {
    title: 'Checks over HTTP on a cluster',
    how: `${size.toLocaleString('en')} targets are checked every ${INTERVAL_MS / 1_000} s by three instances over PostgreSQL and Kafka on the same machine, in ${rounds} windows of ${seconds} s; all results are judged, kept, and known to every instance. Lateness is seen by the targets: how much later than the earliest phase of its own interval each request came. CPU is of all threads; results that are written once in ${RARE_MS / 1_000} s are within it.`,
    rows: rowsOf(measured),
  };
}

async function measure(cluster, targets, seconds, size) {
  const before = [cluster.postgresSeconds(), cluster.kafkaSeconds()];
  const seen = await look({ ...cluster, residentMiB: () => ({}) }, targets, seconds, size);
  const after = [cluster.postgresSeconds(), cluster.kafkaSeconds()];
  const [postgresShare, kafkaShare] = after.map((end, at) => (end - before[at]) / seconds);
  return { ...seen, postgresShare, kafkaShare };
}

function rowsOf(measured) {
  return [
    row('lateness p99', 'ms', 1, pluck(measured, 'p99Ms'), LATENESS_GOAL),
    row('lateness, longest', 'ms', 1, pluck(measured, 'maxMs')),
    row('checks', '1/s', 0, pluck(measured, 'perSecond')),
    row('cores used, all instances', '', 3, pluck(measured, 'coreShare')),
    row('cores used, PostgreSQL', '', 3, pluck(measured, 'postgresShare')),
    row('cores used, Kafka', '', 3, pluck(measured, 'kafkaShare')),
  ];
}
