import { fleetOf, HIGH_LIMIT, startWith } from '../fleet/fleet.js';
import { drive, startDriver } from '../support/load.js';
import { percentile, pluck, row } from '../support/statistics.js';
import { assertEachExpiredOnce, deadlinesOf, until } from '../fleet/transitions.js';

const GOAL = { atMost: 100 };
const POLL_EVERY_MS = 10;
const SHORT = {
  ...HIGH_LIMIT,
  VITALS_HEARTBEAT_INTERVAL: '1s',
  VITALS_MISSED_BEATS: '1',
  VITALS_HEARTBEAT_GRACE: '1s',
};

/** How late a provider that fell silent is known to be Unavailable. */
export async function benchExpiryLateness({ size = 10_000, rounds = 5, seconds = 5 } = {}) {
  const fleet = await fleetOf(size);
  const driver = await startDriver();
  const measured = [];
  try {
    await driver.ask('prepare', { as: 'beats', kind: 'beats', file: fleet.file });
    for (let round = 0; round < rounds; round++) measured.push(await measure(fleet, driver, seconds));
  } finally {
    await driver.stop();
  }
  return {
    title: 'How late an expiry is',
    how: `${size.toLocaleString('en')} providers send one heartbeat each, at even distances within ${seconds} s, and then none; \`deadline_at\` of each is read from \`GET /provider-status\` before the first passes. Lateness is from there to \`at\` of the transition, and to when \`GET /transitions\`, asked ${POLL_EVERY_MS} ms after each of its answers, first had it. ${rounds} runs, each on a new process; the value of a run is the percentile over all its providers.`,
    rows: [
      row('decided after the deadline, p99', 'ms', 1, pluck(measured, 'decidedP99'), GOAL),
      row('readable after the deadline, p99', 'ms', 1, pluck(measured, 'readableP99'), GOAL),
      row('decided after the deadline, p50', 'ms', 1, pluck(measured, 'decidedP50')),
      row('decided after the deadline, least', 'ms', 1, pluck(measured, 'decidedLeast')),
      row('decided after the deadline, most', 'ms', 1, pluck(measured, 'decidedMost')),
      row('readable after the deadline, most', 'ms', 1, pluck(measured, 'readableMost')),
    ],
  };
}

async function measure(fleet, driver, seconds) {
  const server = await startWith(fleet, SHORT);
  try {
    await drive(server, driver, 'paced', {
      of: 'beats',
      connections: 50,
      perSecond: fleet.size / seconds,
      seconds,
    });
    const deadlines = await deadlinesOf(server);
    if (Date.now() >= Math.min(...deadlines.values())) throw new Error('the deadlines were read too late');
    const seen = [];
    let since = fleet.lastSequence;
    await until(POLL_EVERY_MS, async () => {
      const page = await server.call('GET', `/transitions?since=${since}&limit=1000`);
      const readMs = Date.now();
      since = page.next_since;
      seen.push(...page.transitions.map((transition) => ({ ...transition, readMs })));
      return seen.length >= fleet.size || undefined;
    });
    assertEachExpiredOnce(seen, deadlines);
    const decided = seen.map(({ subject, at }) => Date.parse(at) - deadlines.get(subject));
    const readable = seen.map(({ subject, readMs }) => readMs - deadlines.get(subject));
    return {
      decidedLeast: percentile(decided, 0),
      decidedP50: percentile(decided, 0.5),
      decidedP99: percentile(decided, 0.99),
      decidedMost: percentile(decided, 1),
      readableP99: percentile(readable, 0.99),
      readableMost: percentile(readable, 1),
    };
  } finally {
    await server.stop();
  }
}
