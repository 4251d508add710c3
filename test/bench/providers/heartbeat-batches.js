import { fleetOf, HIGH_LIMIT, startWith } from '../fleet/fleet.js';
import { besideBefore, builds, comparedText } from '../support/builds.js';
import { alternate, flood, startDriver } from '../support/load.js';
import { startBareFastify, stopAll } from '../support/servers.js';
import { pluck, row } from '../support/statistics.js';

const GOAL = { atLeast: 500_000 };
const BATCH = 100;
const CONNECTIONS = 8;

/** Requests that drive each subject; every build gave out tokens of its own. */
const SENT = { app: 'batches', before: 'batches before', bare: 'batches' };

/** Heartbeats per second that a gateway can send in batches of a hundred. */
export async function benchHeartbeatBatches({
  size = 10_000,
  starts = 3,
  rounds = 2,
  seconds = 4,
  warmUpSeconds = 3,
} = {}) {
  const fleets = {};
  for (const [name, build] of Object.entries(builds())) fleets[name] = await fleetOf(size, build);
  const driver = await startDriver();
  const measured = {};
  try {
    for (const [name, { file }] of Object.entries(fleets))
      await driver.ask('prepare', { as: SENT[name], kind: 'batches', file });
    const measure = (forSeconds) => (server, name) =>
      flood(server, driver, SENT[name], { connections: CONNECTIONS, seconds: forSeconds });
    for (let start = 0; start < starts; start++) {
      const servers = {};
      try {
        for (const [name, fleet] of Object.entries(fleets))
          servers[name] = await startWith(fleet, HIGH_LIMIT);
        servers.bare = await startBareFastify();
        await alternate(servers, 1, measure(warmUpSeconds));
        const more = await alternate(servers, rounds, measure(seconds));
        for (const [name, values] of Object.entries(more)) (measured[name] ??= []).push(...values);
      } finally {
        await stopAll(servers);
      }
    }
  } finally {
    await driver.stop();
  }
  return {
    title: 'Batches of a hundred heartbeats',
    how: `\`POST /heartbeats\` for ${size.toLocaleString('en')} providers with the token of a gateway, whose rate limit is raised out of the way, over ${CONNECTIONS} keep-alive connections in a closed loop. Bare Fastify receives the same, validates it with the same schema, and answers as much. Both are restarted ${starts} times and driven alternately for ${seconds} s, ${rounds} rounds each time. Heartbeats per CPU second are those of a core that does nothing else: all threads of the process are counted.${comparedText()}`,
    rows: rowsOf(measured),
  };
}

function rowsOf({ app, before, bare }) {
  const beatsPerCpuSecond = (all) => all.map(({ cpuMicros }) => (BATCH * 1e6) / cpuMicros);
  const beatsPerSecond = (all) => all.map(({ perSecond }) => BATCH * perSecond);
  const bareRow = row('bare Fastify: heartbeats per CPU second', '1/s', 0, beatsPerCpuSecond(bare));
  return [
    row('heartbeats per CPU second', '1/s', 0, beatsPerCpuSecond(app), GOAL, bareRow),
    bareRow,
    row('heartbeats per second', '1/s', 0, beatsPerSecond(app)),
    row('bare Fastify: heartbeats per second', '1/s', 0, beatsPerSecond(bare)),
    ...besideBefore({ app, before }, [
      ['heartbeats per CPU second', '1/s', 0, ({ cpuMicros }) => (BATCH * 1e6) / cpuMicros],
      ['heartbeats per second', '1/s', 0, ({ perSecond }) => BATCH * perSecond],
      ['p99 of a batch', 'ms', 1, 'p99Ms'],
    ]),
    row('p99 of a batch when saturated', 'ms', 1, pluck(app, 'p99Ms')),
    row('cores that the control plane used', '', 2, pluck(app, 'coreShare')),
    row('cores that the driver used meanwhile', '', 2, pluck(app, 'driverShare')),
  ];
}
