import { flood, startDriver } from '../support/load.js';
import { startApp, stopAll } from '../support/servers.js';
import { row } from '../support/statistics.js';

const MEBIBYTE = 2 ** 20;
const SAMPLES = 5;

/** Growth that is told from noise: a leak of one small object for a request would be ten times as much. */
const GROWTH_GOAL = { atMost: 3 };

/** What stays in memory of a million requests for health, beside a Nest controller that returns a constant. */
export async function benchHealthMemory({ requests = 1_000_000 } = {}) {
  const servers = {};
  const drivers = [];
  try {
    servers.vitals = await startApp('vitals-health', { CHECKS: 'mixed' }, ['--expose-gc']);
    const BODY = await (await fetch(`${servers.vitals.url}/health`)).text();
    servers.constant = await startApp('bare-health', { CHECKS: 'sync', BODY }, ['--expose-gc']);
    drivers.push(await startDriver());
    await drivers[0].ask('prepare', { as: 'health', kind: 'health' });
    const samples = { vitals: [], constant: [] };
    for (let sample = 0; sample <= SAMPLES; sample++) {
      for (const [name, server] of Object.entries(servers)) {
        if (sample > 0) await flood(server, drivers[0], 'health', { amount: requests / SAMPLES });
        samples[name].push(await server.ask('memory'));
      }
    }
    const rows = [...rowsOf('vitals', samples.vitals, GROWTH_GOAL), ...rowsOf('constant', samples.constant)];
    return {
      title: 'Memory of a million requests for health',
      how: `${requests.toLocaleString('en')} requests over HTTP in ${SAMPLES} equal parts; what is in memory before the first part and after each, after a garbage collection: of this library with one synchronous and one \`async\` check, and of a Nest controller that returns a constant of the same size.`,
      rows,
    };
  } finally {
    await stopAll([...drivers, ...Object.values(servers)]);
  }
}

function rowsOf(name, samples, goal) {
  const heap = samples.map(({ heapUsed }) => heapUsed / MEBIBYTE);
  const resident = samples.map(({ rss }) => rss / MEBIBYTE);
  return [
    row(`${name}: heap used`, 'MiB', 2, heap),
    row(`${name}: resident set`, 'MiB', 1, resident),
    row(`${name}: growth of heap used, second to last sample`, 'MiB', 2, [heap.at(-1) - heap[1]], goal),
    row(`${name}: growth of resident set, second to last sample`, 'MiB', 1, [resident.at(-1) - resident[1]]),
  ];
}
