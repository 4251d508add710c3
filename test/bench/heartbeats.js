import { alternate, drive } from './load.js';
import { startBaseline, startControlPlane, stopAll } from './servers.js';
import { pluck, printTable, row } from './statistics.js';

const PROVIDERS = 1_000;
const headers = { 'content-type': 'application/json' };

/**
 * Heartbeats per second through the app that `npm start` runs, against bare Fastify that answers the same PUT
 * under the same schema and keeps nothing; one after the other in every round, driven from this process.
 */
export async function benchHeartbeats({ rounds = 5, seconds = 4 } = {}) {
  const servers = {};
  try {
    servers.app = await startControlPlane();
    servers.bare = await startBaseline();
    await registerAll(servers.app.url);
    for (const server of Object.values(servers)) await drive(server, { seconds: 2, requests: beats() });
    const { app, bare } = await alternate(servers, rounds, (server) =>
      drive(server, { seconds, requests: beats() }),
    );
    const ratios = app.map(({ perSecond }, round) => perSecond / bare[round].perSecond);
    const rows = [
      row('the app', '1/s', 0, pluck(app, 'perSecond')),
      row('bare Fastify, same schema', '1/s', 0, pluck(bare, 'perSecond')),
      row('ratio of throughput', '', 3, ratios),
      row('CPU of the app for a beat', 'µs', 1, pluck(app, 'cpuMicros')),
      row('CPU of bare Fastify for a beat', 'µs', 1, pluck(bare, 'cpuMicros')),
      row('p99 latency of the app, saturated', 'ms', 1, pluck(app, 'p99Ms')),
      row('p99 latency of bare Fastify, saturated', 'ms', 1, pluck(bare, 'p99Ms')),
    ];
    printTable(`heartbeats, ${rounds} rounds of ${seconds} s`, rows);
    return { rounds, seconds, rows };
  } finally {
    await stopAll(servers);
  }
}

function beats() {
  const body = JSON.stringify({ timestamp: new Date().toISOString(), phase: 'Ready' });
  return Array.from({ length: PROVIDERS }, (_, index) => ({
    method: 'PUT',
    path: `/providers/bench-${index}/status`,
    headers,
    body,
  }));
}

async function registerAll(url) {
  for (let index = 0; index < PROVIDERS; index++) {
    const body = JSON.stringify({
      name: `bench-${index}`,
      endpoint: 'http://127.0.0.1:9',
      service_type: 'vm',
      schema_version: 'v1',
    });
    const answer = await fetch(`${url}/providers`, { method: 'POST', headers, body });
    if (answer.status !== 201) throw new Error(`registration was answered ${answer.status}`);
  }
}
