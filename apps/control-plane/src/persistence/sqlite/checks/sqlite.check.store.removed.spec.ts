import { DEFAULT_CHECK_POLICY } from '@vitals/core/check';
import { AT_MS, SqliteFixture } from '../../../../test/sqlite-fixture.js';
import type { Change } from '../../change.js';
import type { StoredProgress, StoredService } from '../../check.change.js';
import type { SqliteStore } from '../sqlite.store.js';
import { SqliteCheckStore } from './sqlite.check.store.js';

const PROGRESS: StoredProgress = {
  verdict: 'Critical',
  successes: 0,
  failures: 1,
  failingForMs: 1,
  failedAtMs: AT_MS,
  executedAtMs: AT_MS,
  executeIntervalMs: 1_000,
  results: [],
};

let files: SqliteFixture;
let store: SqliteStore;
let checks: SqliteCheckStore;

beforeEach(async () => {
  files = new SqliteFixture();
  const opened = await files.openedWithDatabase();
  store = opened.store;
  await store.load();
  checks = new SqliteCheckStore(opened.database);
});
afterEach(() => files.close());

function node(key: number): StoredService {
  const check = { healthPath: '', tlsSkipVerify: false, interval: 1_000, deregisterCriticalServiceAfter: 1 };
  const place = { serviceId: 'orders', tag: 'dev', protocol: 'http', address: '::1', port: key };
  return { key, ...place, name: 'shop', check, registeredAtMs: AT_MS + key };
}

function register(key: number): Change[] {
  const rest = { target: { kind: 'ttl' }, maintenance: [], labels: {}, paused: false } as const;
  const definition = { ...DEFAULT_CHECK_POLICY, ...rest, id: `c${key}` };
  const check = { key, definition, source: 'service', serviceKey: key, createdAtMs: AT_MS } as const;
  return [
    { kind: 'service', service: node(key) },
    { kind: 'check', check, sinceMs: AT_MS },
  ];
}

/** A removal for failures, of a check that is in the state `from`. */
function fail(key: number, leftMs: number, from: 'Pending' | 'Critical' = 'Pending'): Change {
  const about = {
    kind: 'service',
    subject: `c${key}`,
    from,
    to: 'Removed',
    cause: 'failed',
    atMs: AT_MS,
  } as const;
  const remembers = { service: node(key), leftMs };
  return { kind: 'check-transitions', transitions: [{ ...about, key, progress: PROGRESS, remembers }] };
}

const remembered = async (): Promise<readonly (readonly [port: number, leftMs: number])[]> =>
  (await checks.remembered()).map(({ service: { port }, leftMs }) => [port, leftMs]);

describe('the SQLite store of removed services', () => {
  it('remembers a node with its removal, whole, after a loss of power too', async () => {
    const [outcome] = await store.commit([fail(1, 500)]);
    expect([outcome, await remembered()]).toEqual([[], []]);
    await store.commit([...register(1), fail(1, 500)]);
    const again = new SqliteCheckStore((await files.openedAfterPowerLossWithDatabase()).database);
    const { key: _key, ...kept } = node(1);
    expect(await again.remembered()).toMatchObject([{ service: kept, leftMs: 500 }]);
  });

  it('removes nothing, and remembers nothing, where somebody else decided first', async () => {
    await store.commit([...register(1), fail(1, 500, 'Critical')]);
    const services: StoredService[] = [];
    for await (const page of checks.services()) services.push(...page);
    expect([services, await remembered()]).toEqual([[node(1)], []]);
  });

  it('forgets a node that registers or is to be forgotten, and no other', async () => {
    for (const key of [1, 2, 3]) await store.commit([...register(key), fail(key, 500)]);
    await store.commit([...register(1), { kind: 'service-forgotten', node: node(2) }]);
    expect(await remembered()).toEqual([[3, 500]]);
  });

  it('forgets a node when its time has passed, and of too many those that were removed first', async () => {
    for (const [key, leftMs] of [
      [1, 100],
      [2, 300],
      [3, 300],
      [4, 301],
    ] as const)
      await store.commit([...register(key), fail(key, leftMs)]);
    await store.commit([{ kind: 'remembered-aged', byMs: 100, most: 10 }]);
    expect(await remembered()).toEqual([
      [2, 200],
      [3, 200],
      [4, 201],
    ]);
    await store.commit([{ kind: 'remembered-aged', byMs: 1, most: 2 }]);
    expect(await remembered()).toEqual([
      [3, 199],
      [4, 200],
    ]);
  });
});
