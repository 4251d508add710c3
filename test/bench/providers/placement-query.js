import { fleetOf, HIGH_LIMIT, startWith } from '../fleet/fleet.js';
import { alternate, CONNECTIONS, flood, startDriver } from '../support/load.js';
import { ADMIN_TOKEN, startBareFastify, stopAll } from '../support/servers.js';
import { pluck, row } from '../support/statistics.js';

const GOAL = { atLeast: 5_000 };

/** Nobody falls silent, so that nobody has to beat while it is measured. */
const PATIENCE = { VITALS_HEARTBEAT_INTERVAL: '1h' };

/** Placement queries over a large fleet per second, beside bare Fastify with an answer of the same kind. */
export async function benchPlacementQuery({ size = 100_000, rounds = 5, seconds = 4 } = {}) {
  const fleet = await fleetOf(size);
  const driver = await startDriver();
  const servers = {};
  try {
    servers.app = await startWith(fleet, { ...HIGH_LIMIT, ...PATIENCE });
    await driver.ask('prepare', { as: 'beats', kind: 'beats', file: fleet.file });
    await flood(servers.app, driver, 'beats', { amount: size });
    const answer = await servers.app.call('GET', '/placement/candidates?service_type=vm&cpu=4&memory=8GB');
    if (answer.candidates.length !== 10) throw new Error(`few candidates: ${JSON.stringify(answer)}`);
    servers.bare = await startBareFastify({ CANDIDATES: JSON.stringify(answer) });
    await driver.ask('prepare', { as: 'placements', kind: 'placements', token: ADMIN_TOKEN });
    const measure = (about) => (server) => flood(server, driver, 'placements', { seconds, ...about });
    await alternate(servers, 1, measure());
    const measured = await alternate(servers, rounds, measure());
    const alone = await alternate({ app: servers.app }, rounds, measure({ connections: 1 }));
    return {
      title: 'Placement queries over HTTP',
      how: `\`GET /placement/candidates\` over ${size.toLocaleString('en')} available providers: a mix of seven queries by type, CPU, memory, storage, region, zone, label and capability, by all three strategies, for 1 to 10 candidates; over ${CONNECTIONS} keep-alive connections in a closed loop, ${rounds} rounds of ${seconds} s by turns with bare Fastify, which answers each with the ten candidates of one of them and validates nothing. The rate limit of the one who asks is raised out of the way.`,
      rows: rowsOf({ ...measured, alone: alone.app }),
    };
  } finally {
    await stopAll([driver, ...Object.values(servers)]);
  }
}

function rowsOf({ app, bare, alone }) {
  const bareRow = row('bare Fastify', '1/s', 0, pluck(bare, 'perSecond'));
  return [
    row('queries', '1/s', 0, pluck(app, 'perSecond'), GOAL, bareRow),
    bareRow,
    row('CPU for a query', 'µs', 1, pluck(app, 'cpuMicros')),
    row('p99 when saturated', 'ms', 2, pluck(app, 'p99Ms')),
    row('p50 over one connection', 'ms', 2, pluck(alone, 'p50Ms')),
    row('p99 over one connection', 'ms', 2, pluck(alone, 'p99Ms')),
  ];
}
