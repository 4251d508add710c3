import { alternate, flood, startDriver } from '../support/load.js';
import { startApp, stopAll } from '../support/servers.js';
import { pluck, row } from '../support/statistics.js';

/** What is compared with what, and what the ratio of throughput is to be at the median. */
const TERMINUS_GOAL = { atLeast: 2 };
const BARE_GOAL = { atLeast: 0.8 };

const WARM_UP_ROUNDS = 2;

/** `GET /health` with two trivial checks, on one adapter, beside terminus and a constant of the same size. */
export async function benchHealthEndpoint(adapter, { starts = 3, rounds = 5, seconds = 1 } = {}) {
  const measured = {};
  let answerBytes = {};
  for (let start = 0; start < starts; start++) {
    const servers = {};
    const drivers = [];
    try {
      drivers.push(await startDriver());
      await drivers[0].ask('prepare', { as: 'health', kind: 'health' });
      answerBytes = await startServers(servers, adapter);
      const measure = (server) => flood(server, drivers[0], 'health', { seconds });
      await alternate(servers, WARM_UP_ROUNDS, measure);
      const more = await alternate(servers, rounds, measure);
      for (const [name, values] of Object.entries(more)) (measured[name] ??= []).push(...values);
    } finally {
      await stopAll([...drivers, ...Object.values(servers)]);
    }
  }
  const sizes = Object.entries(answerBytes).map(([name, bytes]) => `${name} ${bytes}`);
  return {
    title: `GET /health with two trivial checks, on ${adapter}`,
    how: `This library at the detail that an app on loopback gives by itself (\`full\`) and at \`names\` (the same bytes, for the checks have no data), with synchronous checks and with \`async\` ones; \`@nestjs/terminus\` with the like; and Nest controllers that return a constant of exactly the size of each of our answers. Every server is a process of its own, one more drives them on keep-alive connections, and every round drives all, one after the other, for ${seconds} s. Two processes of the same code differ by up to a tenth for as long as they live, so that all are restarted ${starts} times for ${rounds} rounds.`,
    notes: [`Bytes of an answer: ${sizes.join(', ')}.`],
    rows: rowsOf(measured),
  };
}

/** Starts what is compared; returns how many bytes each answers with. */
async function startServers(servers, adapter) {
  const start = async (name, app, environment) => {
    servers[name] = await startApp(app, { ADAPTER: adapter, ...environment });
  };
  for (const CHECKS of ['sync', 'async']) {
    await start(`vitals, ${CHECKS}, full`, 'vitals-health', { CHECKS });
    await start(`vitals, ${CHECKS}, names`, 'vitals-health', { CHECKS, DETAIL: 'names' });
    await start(`terminus, ${CHECKS}`, 'terminus-health', { CHECKS });
  }
  const answers = await readAnswers(servers);
  for (const detail of ['full', 'names']) {
    const BODY = answers[`vitals, sync, ${detail}`];
    await start(`constant, ${detail}`, 'bare-health', { CHECKS: 'sync', BODY });
  }
  const sizes = Object.entries(answers).map(([name, body]) => [name, Buffer.byteLength(body)]);
  return Object.fromEntries(sizes);
}

function rowsOf(measured) {
  const rows = [];
  for (const [name, all] of Object.entries(measured)) {
    rows.push(row(name, '1/s', 0, pluck(all, 'perSecond')));
    rows.push(row(`${name}: CPU for an answer`, 'µs', 1, pluck(all, 'cpuMicros')));
  }
  const shares = Object.values(measured).flatMap((all) => pluck(all, 'coreShare'));
  rows.push(row('share of a core that a server used while driven', '', 2, shares));
  for (const checks of ['sync', 'async']) {
    for (const detail of ['full', 'names']) {
      const ours = `vitals, ${checks}, ${detail}`;
      rows.push(...ratios(measured, ours, `terminus, ${checks}`, TERMINUS_GOAL));
      rows.push(...ratios(measured, ours, `constant, ${detail}`, BARE_GOAL));
    }
  }
  return rows;
}

/** More throughput is better and less CPU is, so that both ratios are better when they are greater. */
function ratios(measured, ours, theirs, goal) {
  const pairs = measured[ours].map((own, round) => [own, measured[theirs][round]]);
  const throughput = pairs.map(([own, other]) => own.perSecond / other.perSecond);
  const cpu = pairs.map(([own, other]) => other.cpuMicros / own.cpuMicros);
  return [
    row(`throughput: (${ours}) / (${theirs})`, '', 2, throughput, goal),
    row(`CPU for an answer: (${theirs}) / (${ours})`, '', 2, cpu),
  ];
}

/** One answer of every server; throws if it is not what is meant to be measured. */
async function readAnswers(servers) {
  const answers = {};
  for (const [name, { url }] of Object.entries(servers)) {
    const answer = await fetch(`${url}/health`);
    const body = await answer.text();
    const found = /"store"[^]*"queue"|"queue"[^]*"store"/.test(body);
    if (answer.status !== 200 || !found) {
      throw new Error(`${name} answered ${answer.status} ${body}`);
    }
    answers[name] = body;
  }
  return answers;
}
