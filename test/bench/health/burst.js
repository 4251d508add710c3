import { alternate, startDriver } from '../support/load.js';
import { startApp, stopAll } from '../support/servers.js';
import { percentile, pluck, row } from '../support/statistics.js';

const CONNECTIONS = 1_000;
const ONE_RUN = { atLeast: 1, atMost: 1 };
const P99_GOAL = { atMost: 150 };
const BODY = JSON.stringify({ status: 'UP', checks: [{ name: 'store', status: 'UP' }] });

/** A thousand requests at the same moment against a check that takes 100 ms, beside terminus with the like. */
export async function benchHealthBurst(adapter, { rounds = 15, warmUps = 5 } = {}) {
  const servers = {};
  const drivers = [];
  try {
    for (const [name, app] of [
      ['vitals', 'vitals-health'],
      ['terminus', 'terminus-health'],
      ['controller', 'bare-health'],
    ]) {
      servers[name] = await startApp(app, { ADAPTER: adapter, CHECKS: 'slow', BODY });
    }
    const driver = await startDriver();
    drivers.push(driver);
    await driver.ask('prepare', { as: 'health', kind: 'health' });
    const measure = (server) => burst(server, driver);
    await alternate(servers, warmUps, measure);
    const { vitals, terminus, controller } = await alternate(servers, rounds, measure);
    const beside = [
      row('p99, terminus', 'ms', 1, pluck(terminus, 'p99Ms')),
      row('p99, controller that waits as long', 'ms', 1, pluck(controller, 'p99Ms')),
    ];
    const executions = row('executions of the check, terminus', '', 0, pluck(terminus, 'executions'));
    const rows = [
      row('executions of the check, vitals', '', 0, pluck(vitals, 'executions'), ONE_RUN, executions),
      executions,
      row('p99, vitals', 'ms', 1, pluck(vitals, 'p99Ms'), P99_GOAL, ...beside),
      ...beside,
      row('first answer, vitals', 'ms', 1, pluck(vitals, 'firstMs')),
      row('first answer, controller', 'ms', 1, pluck(controller, 'firstMs')),
      row('all requests written after, vitals', 'ms', 1, pluck(vitals, 'sentMs')),
      row('all requests written after, controller', 'ms', 1, pluck(controller, 'sentMs')),
    ];
    return {
      title: `A thousand requests for health at once, a check of 100 ms, on ${adapter}`,
      how: `${rounds} bursts each, by turns, of this library, of terminus with the like, and of a Nest controller that answers after 100 ms. A process of its own holds ${CONNECTIONS} keep-alive connections to each and writes one request to every one of them in one go. Latencies count from before the first of these is written until an answer has been read whole, what the driver costs included.`,
      rows,
    };
  } finally {
    await stopAll([...drivers, ...Object.values(servers)]);
  }
}

async function burst(server, driver) {
  const before = await server.ask('executions');
  const { sentMs, latenciesMs } = await driver.ask('burst', {
    port: server.port,
    of: 'health',
    connections: CONNECTIONS,
  });
  const executions = (await server.ask('executions')) - before;
  return { executions, sentMs, firstMs: Math.min(...latenciesMs), p99Ms: percentile(latenciesMs, 0.99) };
}
