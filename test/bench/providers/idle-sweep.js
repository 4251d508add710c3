import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyDatabase, fleetOf, startWith } from '../fleet/fleet.js';
import { multiplyProviders } from '../fleet/multiply.js';
import { temporaryFolder } from '../support/folders.js';
import { startControlPlane, stopAll } from '../support/servers.js';
import { pluck, ratios, row } from '../support/statistics.js';

const FACTOR = 10;
/** The same is what differs by no more than a thousandth of a core: looking at each lease once a second is more. */
const GOAL = { atMost: 1 };

/** Nothing expires while it is measured. */
const PATIENCE = { VITALS_HEARTBEAT_INTERVAL: '1h', VITALS_MISSED_BEATS: '100' };

/** What it costs to watch over leases while nothing happens, by their number. */
export async function benchIdleSweep({
  few = 1_000,
  many = 1_000_000,
  rounds = 5,
  seconds = 20,
  settleSeconds = 60,
} = {}) {
  const [small, large] = [await fleetOf(few), await fleetOf(many / FACTOR)];
  const folder = temporaryFolder();
  copyDatabase(large.folder, folder);
  multiplyProviders(join(folder, 'vitals.db'), FACTOR);
  const servers = {};
  const measured = [];
  try {
    servers.few = await startWith(small, PATIENCE);
    servers.many = await startControlPlane({ folder, environment: PATIENCE });
    const leases = await leasesOf(servers.many);
    if (leases !== many) throw new Error(`${leases} leases are watched over, not ${many}`);
    await sleep(settleSeconds * 1_000);
    for (let round = 0; round < rounds; round++) measured.push(await measure(servers, seconds));
    const memory = Object.values(servers).map((server) => server.residentMiB().now);
    return {
      title: 'Sweeping while nothing expires',
      how: `Two processes, one with ${few.toLocaleString('en')} and one with ${many.toLocaleString('en')} leases, none of which expires for hours, and no requests. Providers beyond ${(many / FACTOR).toLocaleString('en')} are copies that were made in the database. ${settleSeconds} s after the start, CPU of all threads of both is measured at the same time, in ${rounds} windows of ${seconds} s. It is the same if it differs by no more than a thousandth of a core; a scan of a million leases once a second would cost several times that.`,
      anchor: 'k8s, Eureka scan all (read).',
      rows: rowsOf(measured, memory, { few, many }),
    };
  } finally {
    await stopAll(servers);
  }
}

async function leasesOf(server) {
  const { checks } = await server.call('GET', '/health/ready');
  return checks.find(({ name }) => name === 'lease-sweeper').data.leases;
}

async function measure(servers, seconds) {
  const before = Object.entries(servers).map(([name, server]) => [name, server.cpuSeconds()]);
  await sleep(seconds * 1_000);
  return Object.fromEntries(
    before.map(([name, cpuSeconds]) => [name, ((servers[name].cpuSeconds() - cpuSeconds) * 1_000) / seconds]),
  );
}

function rowsOf(measured, [fewMiB, manyMiB], { few, many }) {
  const named = (count) => `${count.toLocaleString('en')} leases`;
  const fewRow = row(`CPU in a second, ${named(few)}`, 'ms', 2, pluck(measured, 'few'));
  const manyRow = row(`CPU in a second, ${named(many)}`, 'ms', 2, pluck(measured, 'many'));
  const ratio = ratios(manyRow.values, fewRow.values);
  const difference = measured.map((one) => one.many - one.few);
  return [
    fewRow,
    manyRow,
    row(`${named(many)} / ${named(few)}`, '', 3, ratio),
    row(`CPU in a second, ${named(many)} − ${named(few)}`, 'ms', 2, difference, GOAL, fewRow),
    row(`resident set, ${named(few)}`, 'MiB', 0, [fewMiB]),
    row(`resident set, ${named(many)}`, 'MiB', 0, [manyMiB]),
  ];
}
