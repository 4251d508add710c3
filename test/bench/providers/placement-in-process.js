import { exclusionOf, Placement, rank } from '@vitals/core/placement';
import { percentile, ratios, row } from '../support/statistics.js';

const GOAL = { atMost: 1 };

/** Queries that the scan of all providers answers in each round; it is slow. */
const SCANS = 20;

/** Of so many queries one is followed by a reservation that is confirmed and released. */
const QUERIES_PER_RESERVATION = 10;

const TIERS = ['gold', 'silver', 'bronze'];
const CAPABILITIES = ['gpu', 'ssd', 'arm', 'tpu', 'nested', 'sriov'];
const NOW_MS = 1_000_000;

/**
 * Placement in one process, without HTTP: queries between updates of what providers have allocated, beside a
 * scan that filters and ranks all providers.
 */
export async function benchPlacementInProcess({ size = 100_000, queries = 20_000, rounds = 5 } = {}) {
  const random = numbersFrom(1);
  const fleet = Array.from({ length: size }, (_, index) => providerOf(index, random));
  const placement = new Placement();
  const loadMs = timed(() => fleet.forEach((provider) => placement.put(provider)));
  run(placement, fleet, queries / 4, random);

  const measured = [];
  const scanned = [];
  for (let round = 0; round < rounds; round++) {
    measured.push(run(placement, fleet, queries, random));
    scanned.push(scan(placement, fleet, random));
  }
  const scanRow = row('the same by a scan of all, p50', 'ms', 2, scanned);
  const index = measured.map(({ all }) => percentile(all, 0.5));
  return {
    title: 'Placement queries in process',
    how: `${size.toLocaleString('en')} providers in memory; each of ${rounds} rounds asks ${queries.toLocaleString('en')} queries of thirteen kinds in turn, five of which fit nobody, by all three strategies and for 1 to 10 candidates. Before each query, what one provider has allocated changes; after every ${QUERIES_PER_RESERVATION}th, something is reserved, confirmed and released. One provider in a hundred has let its deadline pass, three are late, and one is ranked last. The scan filters and ranks all of them for ${SCANS} of the queries in the same round, and has to give the same.`,
    rows: [
      row('query, p99', 'ms', 3, percentiles(measured, 'all', 0.99), GOAL, scanRow),
      row('query, p50', 'ms', 3, index),
      row('query, most', 'ms', 3, percentiles(measured, 'all', 1)),
      row('query that fits nobody, p99', 'ms', 3, percentiles(measured, 'vain', 0.99)),
      scanRow,
      row('scan / index, p50', '', 0, ratios(scanned, index)),
      row('update of one provider, p50', 'µs', 1, percentiles(measured, 'updates', 0.5, 1_000)),
      row('reserve, confirm and release, p50', 'µs', 1, percentiles(measured, 'reservations', 0.5, 1_000)),
      row('putting all providers in', 'ms', 0, [loadMs]),
    ],
  };
}

/** Latencies in milliseconds. */
function run(placement, fleet, queries, random) {
  const times = { all: [], vain: [], updates: [], reservations: [] };
  for (let query = 0; query < queries; query++) {
    const provider = fleet[Math.floor(random() * fleet.length)];
    provider.allocated = partOf(provider.capacity, random);
    times.updates.push(timed(() => placement.put(provider)));

    const { requirement, choice } = queryOf(query, random);
    let found;
    const spentMs = timed(() => (found = placement.find(requirement, choice, standingOf)));
    times.all.push(spentMs);
    if (found.length === 0) times.vain.push(spentMs);
    if (query % QUERIES_PER_RESERVATION === 0)
      times.reservations.push(timed(() => reserve(placement, query)));
  }
  return times;
}

function reserve(placement, query) {
  const requirement = { serviceType: 'vm', resources: { cpu: 1, memory: 1e9 }, capabilities: [], labels: [] };
  const request = { id: `r-${query}`, requirement, strategy: 'spread', seed: 0, expiresAtMs: NOW_MS + 1_000 };
  placement.settle(placement.reserve(request, standingOf));
  placement.settle(placement.confirm(request.id, NOW_MS));
  placement.settle(placement.release(request.id));
}

/** The middle of the times in milliseconds that a scan of all providers takes. */
function scan(placement, fleet, random) {
  const times = [];
  for (let query = 0; query < SCANS; query++) {
    const { requirement, choice } = queryOf(query, random);
    const { strategy, seed, limit } = choice;
    let ranked;
    const spentMs = timed(() => {
      const fitting = fleet.filter((provider) => exclusionOf(provider, requirement) === undefined);
      ranked = rank(fitting, strategy, seed, limit);
    });
    times.push(spentMs);
    const expected = ranked.map(({ candidate }) => candidate.name).join();
    const found = placement.find(requirement, choice, standingOf).map(({ entry }) => entry.name);
    if (found.join() !== expected)
      throw new Error(`${JSON.stringify(requirement)}: ${found}, not ${expected}`);
  }
  return percentile(times, 0.5);
}

function standingOf(provider) {
  if (provider.deadlineMs <= NOW_MS) return 'excluded';
  return provider.availability === 'Available' ? 'placeable' : 'late';
}

/** A provider as both read it. */
function providerOf(index, random) {
  const cores = [8, 16, 32, 64, 96][Math.floor(random() * 5)];
  const region = ['eu', 'us', 'ap'][Math.floor(random() * 3)];
  const capacity = { cpu: cores, memory: cores * 4e9, storage: 1e12 * (1 + Math.floor(random() * 4)) };
  const lot = index % 100;
  return {
    name: `provider-${index}`,
    endpoint: 'http://127.0.0.1:9',
    serviceType: ['vm', 'vm', 'database', 'container'][Math.floor(random() * 4)],
    region,
    zone: `${region}-${1 + Math.floor(random() * 3)}`,
    labels: { tier: TIERS[Math.floor(random() * 3)], rack: `r${Math.floor(random() * 2_000)}` },
    capabilities: CAPABILITIES.filter(() => random() < 0.3),
    capacity,
    allocated: partOf(capacity, random),
    phase: 'Ready',
    cordoned: false,
    availability: lot === 0 ? 'Unavailable' : lot <= 3 ? 'Suspect' : 'Available',
    deadlineMs: lot === 0 ? NOW_MS : NOW_MS + 1_000,
    trusted: false,
    flapping: lot === 4,
    behind: lot === 4,
  };
}

function partOf(capacity, random) {
  return Object.fromEntries(Object.entries(capacity).map(([resource, all]) => [resource, all * random()]));
}

/** A mix of what is asked for, and of how to choose. */
function queryOf(query, random) {
  const vm = { serviceType: 'vm', resources: { cpu: 4, memory: 8e9 } };
  const wanted = [
    vm,
    { resources: { cpu: 2 } },
    { serviceType: 'database', region: 'eu', resources: { cpu: 8, memory: 32e9, storage: 5e11 } },
    { ...vm, zone: `us-${1 + Math.floor(random() * 3)}` },
    { labels: [['rack', `r${Math.floor(random() * 2_000)}`]], resources: { cpu: 1 } },
    { ...vm, labels: [['tier', 'gold']], capabilities: ['gpu'] },
    { capabilities: CAPABILITIES, resources: { cpu: 1 } },
    { resources: { cpu: 60, memory: 250e9 } },
    { capabilities: ['quantum'] },
    { ...vm, labels: [['tier', 'platinum']] },
    { ...vm, region: 'eu', zone: 'us-1' },
    { resources: { cpu: 1_000 } },
    { resources: { cpu: 95.99, memory: 383e9, storage: 3.999e12 } },
  ][query % 13];
  const strategy = ['spread', 'pack', 'random'][Math.floor(random() * 3)];
  const choice = { strategy, seed: Math.floor(random() * 2 ** 32), limit: 1 + Math.floor(random() * 10) };
  return { requirement: { resources: {}, capabilities: [], labels: [], ...wanted }, choice };
}

function percentiles(measured, key, share, factor = 1) {
  return measured.map((times) => percentile(times[key], share) * factor);
}

function timed(work) {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

/** The same numbers, 0 to 1, in every run (a linear congruential generator). */
function numbersFrom(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
