import { countLeases, grantLeases, startEtcd } from '../fleet/etcd.js';
import { fleetOf, HIGH_LIMIT, startWith } from '../fleet/fleet.js';
import { pluck, row } from '../support/statistics.js';
import { assertEachExpiredOnce, deadlinesOf, transitionsSince, until } from '../fleet/transitions.js';

const GOAL = { atMost: 1 };
const POLL_EVERY_MS = 20;
const ETCD_TTL_SECONDS = 5;
const SHORT = {
  ...HIGH_LIMIT,
  VITALS_HEARTBEAT_INTERVAL: '1s',
  VITALS_MISSED_BEATS: '1',
  VITALS_HEARTBEAT_GRACE: '1s',
  VITALS_MAX_HEARTBEATS_PER_SECOND: '1000000',
};

/** How long it takes to publish that a whole fleet fell silent, beside etcd and its leases. */
export async function benchExpiryAtOnce({ size = 100_000, rounds = 5, etcdLeases = 5_000 } = {}) {
  const fleet = await fleetOf(size);
  const measured = [];
  for (let round = 0; round < rounds; round++) measured.push(await measure(fleet));
  const etcd = await startEtcd();
  const revoked = [];
  try {
    for (let round = 0; etcd.server && round < rounds; round++) {
      revoked.push(await measureEtcd(etcd.server, etcdLeases));
    }
  } finally {
    await etcd.server?.stop();
  }
  return {
    title: 'A whole fleet expires at once',
    how: `A control plane with ${size.toLocaleString('en')} providers is started again, which gives all of them the same deadline, and none sends a heartbeat. Every \`deadline_at\` is read beforehand; all transitions are published when \`GET /transitions\`, asked every ${POLL_EVERY_MS} ms, has the last of them. Afterwards all are read, each provider exactly once. ${rounds} runs. etcd is granted ${etcdLeases.toLocaleString('en')} leases of ${ETCD_TTL_SECONDS} s, and asked for the list of leases until it is empty.`,
    anchor: 'etcd: 1,000 per second (read).',
    notes: etcd.note ? [etcd.note] : [],
    rows: rowsOf(measured, revoked),
  };
}

function rowsOf(measured, revoked) {
  const etcdRows = revoked.length > 0 ? [row('etcd: expiries', '1/s', 0, pluck(revoked, 'perSecond'))] : [];
  return [
    row('all published after the last deadline', 's', 3, pluck(measured, 'seconds'), GOAL, ...etcdRows),
    row('expiries published', '1/s', 0, pluck(measured, 'perSecond')),
    ...etcdRows,
    row('decided after the deadline, most', 's', 3, pluck(measured, 'decidedSeconds')),
    row('first and last deadline apart', 'ms', 0, pluck(measured, 'apartMs')),
    row('longest wait of a reader meanwhile', 'ms', 0, pluck(measured, 'longestWaitMs')),
  ];
}

async function measure(fleet) {
  const server = await startWith(fleet, SHORT);
  try {
    const deadlines = await deadlinesOf(server);
    const [firstMs, lastMs] = boundsOf(deadlines.values());
    if (Date.now() >= firstMs) throw new Error('the deadlines were read too late');
    const lastSequence = fleet.lastSequence + fleet.size;
    let longestWaitMs = 0;
    const publishedMs = await until(POLL_EVERY_MS, async () => {
      const askedMs = performance.now();
      const { transitions } = await server.call('GET', `/transitions?since=${lastSequence - 1}&limit=1`);
      longestWaitMs = Math.max(longestWaitMs, performance.now() - askedMs);
      return transitions.length > 0 ? Date.now() : undefined;
    });
    const transitions = await until(POLL_EVERY_MS, async () => {
      const all = await transitionsSince(server, fleet.lastSequence);
      const ofProviders = all.filter(({ kind }) => kind === 'provider');
      return ofProviders.length >= fleet.size ? ofProviders : undefined;
    });
    assertEachExpiredOnce(transitions, deadlines);
    const [, decidedMs] = boundsOf(
      transitions.map(({ subject, at }) => Date.parse(at) - deadlines.get(subject)),
    );
    return {
      seconds: (publishedMs - lastMs) / 1_000,
      perSecond: (fleet.size * 1_000) / (publishedMs - firstMs),
      decidedSeconds: decidedMs / 1_000,
      apartMs: lastMs - firstMs,
      longestWaitMs,
    };
  } finally {
    await server.stop();
  }
}

async function measureEtcd(server, leases) {
  const startedMs = performance.now();
  await grantLeases(server, leases, ETCD_TTL_SECONDS);
  const goneMs = await until(POLL_EVERY_MS, async () =>
    (await countLeases(server)) === 0 ? performance.now() : undefined,
  );
  return { perSecond: (leases * 1_000) / (goneMs - startedMs - ETCD_TTL_SECONDS * 1_000) };
}

function boundsOf(numbers) {
  let [least, most] = [Infinity, -Infinity];
  for (const number of numbers) {
    least = Math.min(least, number);
    most = Math.max(most, number);
  }
  return [least, most];
}
