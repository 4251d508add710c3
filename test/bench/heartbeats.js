import autocannon from 'autocannon';
import { startBaseline, startControlPlane } from './servers.js';
import { printTable } from './statistics.js';

const PROVIDERS = 1_000;
const CONNECTIONS = 40;
const headers = { 'content-type': 'application/json' };

/**
 * Heartbeats per second through the app that `npm start` runs, against bare Fastify that answers the same PUT
 * under the same schema and keeps nothing; one after the other in every round, driven from this process.
 */
export async function benchHeartbeats({ rounds = 5, seconds = 4 } = {}) {
  const [app, bare] = [await startControlPlane(), await startBaseline()];
  try {
    await registerAll(app.url);
    for (const server of [app, bare]) await drive(server, 2);
    const pairs = [];
    for (let round = 0; round < rounds; round++) {
      pairs.push({ app: await drive(app, seconds), bare: await drive(bare, seconds) });
    }
    const rows = [
      row(
        'the app',
        '1/s',
        0,
        pairs.map(({ app: a }) => a.perSecond),
      ),
      row(
        'bare Fastify, same schema',
        '1/s',
        0,
        pairs.map(({ bare: b }) => b.perSecond),
      ),
      row(
        'ratio of throughput',
        '',
        3,
        pairs.map(({ app: a, bare: b }) => a.perSecond / b.perSecond),
      ),
      row(
        'CPU of the app for a beat',
        'µs',
        1,
        pairs.map(({ app: a }) => a.cpuMicros),
      ),
      row(
        'CPU of bare Fastify for a beat',
        'µs',
        1,
        pairs.map(({ bare: b }) => b.cpuMicros),
      ),
      row(
        'p99 latency of the app, saturated',
        'ms',
        1,
        pairs.map(({ app: a }) => a.p99Ms),
      ),
      row(
        'p99 latency of bare Fastify, saturated',
        'ms',
        1,
        pairs.map(({ bare: b }) => b.p99Ms),
      ),
    ];
    printTable(`heartbeats, ${rounds} rounds of ${seconds} s`, rows);
    return { name: 'heartbeats', rounds, seconds, rows };
  } finally {
    await app.stop();
    await bare.stop();
  }
}

function row(what, unit, digits, values) {
  return { what, unit, digits, values };
}

async function drive({ url, cpuSeconds }, seconds) {
  const body = JSON.stringify({ timestamp: new Date().toISOString(), phase: 'Ready' });
  const requests = Array.from({ length: PROVIDERS }, (_, index) => ({
    method: 'PUT',
    path: `/providers/bench-${index}/status`,
    headers,
    body,
  }));
  const cpuBefore = cpuSeconds();
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, requests });
  const cpu = cpuSeconds() - cpuBefore;
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers were no 2xx, ${result.errors} requests failed`);
  }
  const total = result['2xx'];
  return { perSecond: total / result.duration, cpuMicros: (cpu * 1e6) / total, p99Ms: result.latency.p99 };
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
