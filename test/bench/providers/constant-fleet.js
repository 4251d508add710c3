import { fleetOf, startWith } from '../fleet/fleet.js';
import { drive, startDriver } from '../support/load.js';
import { startBareFastify, stopAll } from '../support/servers.js';
import { pluck, row } from '../support/statistics.js';
import { watchMemory } from '../support/usage.js';

const INTERVAL_SECONDS = 10;
const CONNECTIONS = 200;
const CPU_GOAL = { atMost: 0.6 };
const MEMORY_GOAL = { atMost: 300 };
const LATENCY_GOAL = { atMost: 10 };

/** What a fleet costs that beats every 10 s, and how long its beats wait. */
export async function benchConstantFleet({
  size = 100_000,
  rounds = 5,
  seconds = 60,
  bareSeconds = 20,
} = {}) {
  const fleet = await fleetOf(size);
  const driver = await startDriver();
  const servers = {};
  const measured = { app: [], bare: [] };
  const perSecond = size / INTERVAL_SECONDS;
  const about = { of: 'beats', connections: CONNECTIONS, perSecond };
  try {
    await driver.ask('prepare', { as: 'beats', kind: 'beats', file: fleet.file });
    servers.app = await startWith(fleet);
    await drive(servers.app, driver, 'paced', { ...about, seconds: INTERVAL_SECONDS });
    for (let round = 0; round < rounds; round++) {
      const window = () => drive(servers.app, driver, 'paced', { ...about, seconds });
      measured.app.push(await watchMemory(servers.app.pid, window));
    }
    measured.peakMiB = servers.app.residentMiB().peak;
    await servers.app.stop();
    servers.bare = await startBareFastify();
    await drive(servers.bare, driver, 'paced', { ...about, seconds: bareSeconds });
    for (let round = 0; round < rounds; round++) {
      measured.bare.push(await drive(servers.bare, driver, 'paced', { ...about, seconds: bareSeconds }));
    }
  } finally {
    await stopAll([driver, ...Object.values(servers)]);
  }
  return {
    title: 'A fleet at a constant 10 s',
    how: `${size.toLocaleString('en')} providers, each with its own token, send a heartbeat every ${INTERVAL_SECONDS} s: ${perSecond.toLocaleString('en')} heartbeats at even distances in every second, over ${CONNECTIONS} keep-alive connections, in ${rounds} windows of ${seconds} s without a pause between them, after one round to warm up. It is an open loop: a heartbeat is sent when it is due, whether or not others were answered, and its latency counts from then, so that it includes how late the driver was. Memory is sampled five times a second. CPU is of all threads of the process. Bare Fastify receives the same in windows of ${bareSeconds} s.`,
    anchor: 'etcd in trouble at 14–60k leases, Nomad TTL 2,000 s at 100k, Eureka about 8k per node (read).',
    rows: rowsOf(measured),
  };
}

function rowsOf({ app, bare, peakMiB }) {
  const bareCpu = row('cores used, bare Fastify', '', 3, pluck(bare, 'coreShare'));
  const bareP99 = row('latency p99, bare Fastify', 'ms', 2, pluck(bare, 'p99Ms'));
  return [
    row('cores used', '', 3, pluck(app, 'coreShare'), CPU_GOAL, bareCpu),
    bareCpu,
    row('resident set, most in a window', 'MiB', 1, pluck(app, 'largestMiB'), MEMORY_GOAL),
    row('resident set, most since the start of the process', 'MiB', 1, [peakMiB]),
    row('latency p99', 'ms', 2, pluck(app, 'p99Ms'), LATENCY_GOAL, bareP99),
    bareP99,
    row('latency p50', 'ms', 2, pluck(app, 'p50Ms')),
    row('latency p99.9', 'ms', 2, pluck(app, 'p999Ms')),
    row('latency, longest', 'ms', 1, pluck(app, 'maxMs')),
    row('how late the driver sent, p99', 'ms', 2, pluck(app, 'lateP99Ms')),
    row('heartbeats answered', '1/s', 0, pluck(app, 'perSecond')),
  ];
}
