import { ratios, row } from '../support/statistics.js';
import { namesOf, openCache } from './cache.js';

const GOAL = { atMost: 1_000 };
const HEALTHY = { healthy: true, message: 'ok' };

/** Checks whose results come between two snapshots. */
const REBUILDS = 200;

/** What reading costs: one provider, and all of them, beside a plain Map. */
export async function benchProviderHealthReads({ size = 10_000, reads = 2_000_000, rounds = 10 } = {}) {
  const { cache, close } = await openCache(size, () => HEALTHY);
  try {
    await cache.checkNow();
    if (cache.snapshot().length !== size) throw new Error(`${cache.snapshot().length} of ${size} are known`);
    const names = namesOf(size);
    const map = new Map(cache.snapshot().map((status) => [status.name, status]));
    const subjects = {
      get: (at) => cache.get(names[at % size]).healthy,
      map: (at) => map.get(names[at % size]).healthy,
      snapshot: () => cache.snapshot().length > 0,
    };
    for (const read of Object.values(subjects)) nanosecondsOf(read, reads);
    const measured = { get: [], map: [], snapshot: [], rebuild: [], registration: [] };
    for (let round = 0; round < rounds; round++) {
      for (const [name, read] of Object.entries(subjects)) measured[name].push(nanosecondsOf(read, reads));
      measured.rebuild.push(await rebuildOf(cache, names, (name) => cache.check(name)));
      measured.registration.push(await rebuildOf(cache, names, (name) => come(cache, `${name}-too`)));
      for (const name of cache.names()) if (name.endsWith('-too')) cache.unregister(name);
    }
    const mapRow = row('Map.get', 'ns', 0, measured.map);
    return {
      title: `Reading the health of ${size.toLocaleString('en')} providers`,
      how: `${size.toLocaleString('en')} providers that were checked. ${rounds} rounds, each of ${reads.toLocaleString('en')} reads of one after the other by name, of as many from a Map that holds the same statuses, and of as many snapshots, by turns; then of ${REBUILDS} snapshots, each after one status has changed, and of as many after a provider has come.`,
      rows: [
        row('get', 'ns', 0, measured.get, GOAL, mapRow),
        mapRow,
        row('get / Map.get', '', 1, ratios(measured.get, measured.map)),
        row('snapshot, nothing has changed', 'ns', 0, measured.snapshot, GOAL),
        row('snapshot after a status has changed', 'µs', 0, measured.rebuild),
        row('snapshot after a provider has come', 'µs', 0, measured.registration),
      ],
    };
  } finally {
    await close();
  }
}

/** The mean time of a read. */
function nanosecondsOf(read, reads) {
  let true_ = 0;
  const startedMs = performance.now();
  for (let at = 0; at < reads; at++) if (read(at)) true_++;
  const spentMs = performance.now() - startedMs;
  if (true_ !== reads) throw new Error(`${reads - true_} reads gave something else`);
  return (spentMs * 1e6) / reads;
}

async function come(cache, name) {
  cache.register(name, () => HEALTHY);
  await cache.check(name);
}

/** The mean time of the first snapshot after a change, in microseconds. */
async function rebuildOf(cache, names, change) {
  let spentMs = 0;
  for (let at = 0; at < REBUILDS; at++) {
    await change(names[(at * 49) % names.length]);
    const startedMs = performance.now();
    cache.snapshot();
    spentMs += performance.now() - startedMs;
  }
  return (spentMs * 1_000) / REBUILDS;
}
