import { grantLeases, startEtcd } from '../fleet/etcd.js';
import { fleetOf, startWith } from '../fleet/fleet.js';
import { besideBefore, builds, comparedText } from '../support/builds.js';
import { alternate, CONNECTIONS, flood, startDriver } from '../support/load.js';
import { startBareFastify, stopAll } from '../support/servers.js';
import { pluck, ratios, row } from '../support/statistics.js';

const GOAL = { atLeast: 0.9 };

/** Requests that drive each subject; etcd renews a lease where the others take a beat. */
const SENT = { app: 'beats', before: 'beats before', bare: 'beats', etcd: 'keepalives' };

/** Single heartbeats per second in a closed loop, beside bare Fastify and the lease keep-alive of etcd. */
export async function benchSingleHeartbeats({
  size = 10_000,
  starts = 5,
  rounds = 2,
  seconds = 4,
  warmUpSeconds = 3,
} = {}) {
  const fleets = {};
  for (const [name, build] of Object.entries(builds())) fleets[name] = await fleetOf(size, build);
  const driver = await startDriver();
  const etcd = await startEtcd();
  const measured = {};
  try {
    for (const [name, { file }] of Object.entries(fleets))
      await driver.ask('prepare', { as: SENT[name], kind: 'beats', file });
    await driver.ask('prepare', { as: 'keepalives', kind: 'keepalives', size });
    if (etcd.server) await grantLeases(etcd.server, size, 86_400);
    for (let start = 0; start < starts; start++) {
      const servers = {};
      try {
        for (const [name, fleet] of Object.entries(fleets)) servers[name] = await startWith(fleet);
        servers.bare = await startBareFastify();
        const subjects = { ...servers, ...(etcd.server && { etcd: etcd.server }) };
        const measure = (server, name) => flood(server, driver, SENT[name], { seconds });
        await alternate(subjects, 1, (server, name) =>
          flood(server, driver, SENT[name], { seconds: warmUpSeconds }),
        );
        const more = await alternate(subjects, rounds, measure);
        for (const [name, values] of Object.entries(more)) (measured[name] ??= []).push(...values);
      } finally {
        await stopAll(servers);
      }
    }
  } finally {
    await stopAll([driver, ...(etcd.server ? [etcd.server] : [])]);
  }
  return {
    title: 'Single heartbeats',
    how: `${size.toLocaleString('en')} providers, each with its own token, over ${CONNECTIONS} keep-alive connections; the next heartbeat is sent as soon as the answer has arrived. Bare Fastify receives the same requests, validates them with the same schema, gives the same answers and stores nothing. Both are restarted ${starts} times and driven alternately for ${seconds} s, ${rounds} rounds each time; a ratio is of two turns of one round. etcd renews one of ${size.toLocaleString('en')} leases with every request to the HTTP gateway (\`/v3/lease/keepalive\`), without authentication.${comparedText()}`,
    anchor:
      'Nest controller + ValidationPipe 0.30, + route schema 0.62, route on Nest’s Fastify instance 0.89 (async handler 0.83, synchronous 0.95); etcd 3.4: 8k/s over its HTTP gateway, 26k/s over gRPC streams, where bare Fastify did 28–36k/s.',
    notes: etcd.note ? [etcd.note] : [],
    rows: rowsOf(measured),
  };
}

function rowsOf({ app, before, bare, etcd }) {
  const perSecond = pluck(app, 'perSecond');
  const bareRow = row('bare Fastify', '1/s', 0, pluck(bare, 'perSecond'));
  const etcdRow = etcd && row('etcd, HTTP gateway', '1/s', 0, pluck(etcd, 'perSecond'));
  const besides = [bareRow, ...(etcdRow ? [etcdRow] : [])];
  return [
    row('the control plane', '1/s', 0, perSecond),
    ...besides,
    row('control plane / bare Fastify', '', 3, ratios(perSecond, pluck(bare, 'perSecond')), GOAL, ...besides),
    row('CPU per heartbeat, control plane', 'µs', 1, pluck(app, 'cpuMicros')),
    row('CPU per heartbeat, bare Fastify', 'µs', 1, pluck(bare, 'cpuMicros')),
    row(
      'CPU, bare Fastify / control plane',
      '',
      3,
      ratios(pluck(bare, 'cpuMicros'), pluck(app, 'cpuMicros')),
    ),
    ...(etcd ? [row('CPU per keep-alive, etcd', 'µs', 1, pluck(etcd, 'cpuMicros'))] : []),
    row('p99 when saturated, control plane', 'ms', 1, pluck(app, 'p99Ms')),
    row('p99 when saturated, bare Fastify', 'ms', 1, pluck(bare, 'p99Ms')),
    ...besideBefore({ app, before }, [
      ['beats', '1/s', 0, 'perSecond'],
      ['CPU per heartbeat', 'µs', 1, 'cpuMicros'],
      ['p99 when saturated', 'ms', 1, 'p99Ms'],
    ]),
    row('cores that the control plane used', '', 2, pluck(app, 'coreShare')),
    row('cores that bare Fastify used', '', 2, pluck(bare, 'coreShare')),
    row('cores that the driver used for the control plane', '', 2, pluck(app, 'driverShare')),
  ];
}
