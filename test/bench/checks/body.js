import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane, stopAll } from '../support/servers.js';
import { ratios, row } from '../support/statistics.js';
import { startTargets } from './targets.js';

const GOAL = { atMost: 1.5 };
const MS = 1_000;

const CONDITION = { body_json: { pointer: '/status', value: 'UP' } };
/** One control plane for each, side by side. */
const KINDS = {
  small: { what: 'JSON condition, 1 KiB', path: '/document/1024', http: CONDITION },
  large: { what: 'JSON condition, 60 KiB', path: '/document/61440', http: CONDITION },
  none: { what: 'no condition, 60 KiB', path: '/document/61440?none', http: {} },
};

/** What it costs that a check looks at a body. */
export async function benchCheckBody({ size = 500, rounds = 5, seconds = 20, settleSeconds = 20 } = {}) {
  const servers = {};
  const costs = { small: [], large: [], none: [] };
  try {
    servers.targets = await startTargets();
    for (const [name, kind] of Object.entries(KINDS))
      servers[name] = await startKind(kind, servers.targets, size);
    await sleep(settleSeconds * MS);
    for (let round = 0; round < rounds; round++) {
      await servers.targets.ask('clear');
      const before = cpuOf(servers);
      await sleep(seconds * MS);
      const asked = await servers.targets.ask('asked');
      const after = cpuOf(servers);
      for (const [name, { path }] of Object.entries(KINDS))
        costs[name].push(((after[name] - before[name]) / asked[path]) * 1e6);
    }
  } finally {
    await stopAll(servers);
  }
  const rowOf = (name) => row(`CPU of a check: ${KINDS[name].what}`, 'µs', 0, costs[name]);
  const rows = Object.keys(KINDS).map(rowOf);
  return {
    title: 'Bodies of checks',
    how: `Three control planes side by side check ${size.toLocaleString('en')} targets each every second: two compare a member of a JSON document, of 1 KiB and of 60 KiB, with what it has to be; the third reads the status code only, while the same 60 KiB are sent. The CPU time of each process, with all that it does besides, is divided by the requests that the targets saw, in ${rounds} windows of ${seconds} s.`,
    rows: [
      ...rows,
      row('60 KiB, compared with 1 KiB', '', 2, ratios(costs.large, costs.small), GOAL, rows[1], rows[0]),
      row('60 KiB without a condition, compared with 1 KiB', '', 2, ratios(costs.none, costs.small)),
    ],
  };
}

async function startKind({ path, http }, targets, size) {
  const plane = await startControlPlane({
    environment: { VITALS_CHECK_ALLOW_CIDRS: '127.0.0.0/8', VITALS_RATE_LIMIT: '0' },
  });
  for (let number = 0; number < size; number++) {
    const url = `http://127.1.${Math.floor(number / 250)}.${number % 250}:${targets.port}${path}`;
    await plane.call('POST', '/checks', {
      id: `c${number}`,
      type: 'http',
      interval: '1s',
      http: { url, ...http },
    });
  }
  return plane;
}

function cpuOf(servers) {
  return Object.fromEntries(Object.keys(KINDS).map((name) => [name, servers[name].cpuSeconds()]));
}
