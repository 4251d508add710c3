import { alternate } from './load.js';
import { startApp, stopAll } from './servers.js';
import { percentile, pluck, printTable, row } from './statistics.js';

const CONNECTIONS = 1_000;
const ONE_RUN = { atLeast: 1, atMost: 1 };
const P99_GOAL = { atMost: 150 };
const BODY = JSON.stringify({ status: 'UP', checks: [{ name: 'store', status: 'UP' }] });

/**
 * A thousand requests at the same moment against a check that takes 100 ms, beside terminus with the like and
 * a Nest controller that answers after 100 ms. They are driven by a process of its own, which holds a thousand
 * open keep-alive connections to each and writes one request to every one of them in one go. Latencies count
 * from before the first of these is written until an answer has been read whole, what the client costs included.
 */
export async function benchHealthBurst(adapter, { rounds = 15, warmUps = 5 } = {}) {
  const servers = {};
  const clients = [];
  try {
    for (const [name, app] of [
      ['vitals', 'vitals-health'],
      ['terminus', 'terminus-health'],
      ['controller', 'bare-health'],
    ]) {
      servers[name] = await startApp(app, { ADAPTER: adapter, CHECKS: 'slow', BODY });
    }
    const client = await startApp('client');
    clients.push(client);
    const measure = (server) => burst(server, client);
    await alternate(servers, warmUps, measure);
    const { vitals, terminus, controller } = await alternate(servers, rounds, measure);
    const rows = [
      row('executions of the check, vitals', '', 0, pluck(vitals, 'executions'), ONE_RUN),
      row('executions of the check, terminus', '', 0, pluck(terminus, 'executions')),
      row('p99, vitals', 'ms', 1, pluck(vitals, 'p99Ms'), P99_GOAL),
      row('p99, terminus', 'ms', 1, pluck(terminus, 'p99Ms')),
      row('p99, controller that waits as long', 'ms', 1, pluck(controller, 'p99Ms')),
      row('first answer, vitals', 'ms', 1, pluck(vitals, 'firstMs')),
      row('first answer, controller', 'ms', 1, pluck(controller, 'firstMs')),
      row('all requests written after, vitals', 'ms', 1, pluck(vitals, 'sentMs')),
      row('all requests written after, controller', 'ms', 1, pluck(controller, 'sentMs')),
    ];
    printTable(`${CONNECTIONS} requests at once on ${adapter}, a check of 100 ms, ${rounds} bursts`, rows);
    return { adapter, connections: CONNECTIONS, rounds, rows };
  } finally {
    await stopAll([...clients, ...Object.values(servers)]);
  }
}

async function burst(server, client) {
  const before = await server.ask('executions');
  const { sentMs, latenciesMs } = await client.ask('burst', { port: server.port, connections: CONNECTIONS });
  const executions = (await server.ask('executions')) - before;
  return { executions, sentMs, firstMs: Math.min(...latenciesMs), p99Ms: percentile(latenciesMs, 0.99) };
}
