import { DEFAULT_CHECK_POLICY, type CheckDefinition } from '@vitals/core/check';
import { AT_MS, SqliteFixture } from '../../../../test/sqlite-fixture.js';
import type { Change } from '../../change.js';
import type { CheckTransition, StoredCheck, StoredProgress, StoredService } from '../../check.change.js';
import type { SqliteStore } from '../sqlite.store.js';
import { SqliteCheckStore } from './sqlite.check.store.js';

const PROGRESS: StoredProgress = {
  verdict: 'Critical',
  successes: 0,
  failures: 2,
  failingForMs: 20_000,
  failedAtMs: AT_MS,
  executedAtMs: AT_MS + 20_000,
  executeIntervalMs: 40_000,
  results: [{ atMs: AT_MS, outcome: 'failure', durationMs: 3, message: 'refused' }],
};

const SERVICE: StoredService = {
  key: 7,
  serviceId: 'orders',
  tag: 'dev',
  protocol: 'http',
  address: '::1',
  port: 80,
  check: { healthPath: '/h/', tlsSkipVerify: false, interval: 1_000, deregisterCriticalServiceAfter: 0 },
  registeredAtMs: AT_MS,
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

function check(key: number, id: string, serviceKey?: number): StoredCheck {
  const rest = { target: { kind: 'ttl' }, maintenance: [], labels: {}, paused: false } as const;
  const definition: CheckDefinition = { ...DEFAULT_CHECK_POLICY, ...rest, id };
  return {
    key,
    definition,
    source: serviceKey === undefined ? 'api' : 'service',
    serviceKey,
    createdAtMs: AT_MS,
  };
}

function define(key: number, id: string, serviceKey?: number): Change {
  return { kind: 'check', check: check(key, id, serviceKey), sinceMs: AT_MS };
}

function decide(key: number, from: CheckTransition['from'], to: CheckTransition['to'], more = {}): Change {
  const transition = {
    kind: 'check',
    subject: `c${key}`,
    from,
    to,
    cause: 'for a test',
    atMs: AT_MS + 5,
  } as const;
  return { kind: 'check-transitions', transitions: [{ ...transition, ...more, key, progress: PROGRESS }] };
}

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

describe('the SQLite store of services and checks', () => {
  it('gives back what was defined, after a loss of power too', async () => {
    await store.commit([{ kind: 'service', service: SERVICE }, define(1, 'c1', 7), define(2, 'c2')]);
    await store.commit([decide(1, 'Pending', 'Critical')]);
    const again = new SqliteCheckStore((await files.openedAfterPowerLossWithDatabase()).database);
    expect(await all(again.services())).toEqual([SERVICE]);
    expect(await all(again.checks())).toEqual([
      {
        check: check(1, 'c1', 7),
        state: { key: 1, status: 'Critical', sinceMs: AT_MS + 5, progress: PROGRESS },
      },
      { check: check(2, 'c2'), state: { key: 2, status: 'Pending', sinceMs: AT_MS, progress: undefined } },
    ]);
  });

  it('keeps the state of a check that is defined anew', async () => {
    await store.commit([define(1, 'c1'), decide(1, 'Pending', 'Passing'), define(1, 'c1')]);
    expect((await all(checks.checks()))[0]?.state.status).toBe('Passing');
  });

  it('records a transition only if the check still is in the state that it leaves', async () => {
    await store.commit([define(1, 'c1')]);
    const outcomes = await store.commit([
      decide(1, 'Pending', 'Critical'),
      decide(1, 'Pending', 'Passing'),
      decide(1, 'Critical', 'Passing', { suppressed: 'parent' }),
    ]);
    expect(outcomes.map((outcome) => outcome.map(({ sequence, to }) => [sequence, to]))).toEqual([
      [[1, 'Critical']],
      [],
      [[2, 'Passing']],
    ]);
    expect(await checks.transitionsOf('c1', { before: undefined, limit: 10 })).toMatchObject([
      { sequence: 2, to: 'Passing', suppressed: 'parent' },
      { sequence: 1, to: 'Critical' },
    ]);
    expect(await checks.transitionsOf('c1', { before: 2, limit: 10 })).toHaveLength(1);
    expect(await store.transitions(0, 10)).toHaveLength(2);
  });

  it('removes the service with the check, and nothing else', async () => {
    const other = { ...SERVICE, key: 8, port: 81 };
    await store.commit([
      { kind: 'service', service: SERVICE },
      { kind: 'service', service: other },
      define(1, 'c1', 7),
      define(2, 'c2', 8),
      decide(1, 'Pending', 'Removed'),
    ]);
    expect((await all(checks.services())).map(({ key }) => key)).toEqual([8]);
    expect((await all(checks.checks())).map((record) => record.check.key)).toEqual([2]);
  });

  it('removes a service that nobody checks', async () => {
    await store.commit([
      { kind: 'service', service: SERVICE },
      { kind: 'service-removed', key: 7 },
    ]);
    expect(await all(checks.services())).toEqual([]);
  });

  it('adds up buckets, for checks that are there', async () => {
    await store.commit([define(1, 'c1')]);
    const bucket = { width: 'hour', startMs: AT_MS, up: 2, warning: 1, down: 3, durationMs: 4.5 } as const;
    for (const key of [1, 1, 99]) await store.commit([{ kind: 'uptime', buckets: [{ key, ...bucket }] }]);
    expect(await checks.uptime(1, 'hour', AT_MS, AT_MS + 1)).toEqual([
      { startMs: AT_MS, up: 4, warning: 2, down: 6, durationMs: 9 },
    ]);
    expect(await checks.uptime(1, 'hour', AT_MS + 1, AT_MS + 9)).toEqual([]);
    expect(await checks.uptime(99, 'hour', 0, AT_MS + 9)).toEqual([]);
  });

  it('forgets the past, and goes on with the numbers of transitions', async () => {
    await store.commit([define(1, 'c1'), decide(1, 'Pending', 'Critical'), decide(1, 'Critical', 'Passing')]);
    await forget(0, -50);
    await forget(100, 50);
    expect(await store.transitions(0, 10)).toMatchObject([{ sequence: 2 }]);
    const [outcome] = await store.commit([decide(1, 'Passing', 'Warning')]);
    expect(outcome).toMatchObject([{ sequence: 3 }]);
  });

  it('knows the age of transitions by the time that has passed, whatever the wall clock said of them', async () => {
    await store.commit([define(1, 'c1'), decide(1, 'Pending', 'Critical', { atMs: AT_MS + 1e12 })]);
    await forget(1_000, -9_000);
    await store.commit([decide(1, 'Critical', 'Passing', { atMs: 0 })]);
    await forget(2_000, -8_000);
    await store.commit([decide(1, 'Passing', 'Warning', { atMs: AT_MS })]);
    expect(await store.transitions(0, 10)).toHaveLength(3);
    await forget(11_999, 1_999);
    expect(await store.transitions(0, 10)).toMatchObject([{ sequence: 2 }, { sequence: 3 }]);
    await forget(12_000, 2_000);
    expect(await store.transitions(0, 10)).toMatchObject([{ sequence: 3 }]);
  });

  function forget(nowPassedMs: number, transitionsPassedMs: number): Promise<unknown> {
    const before = { nowPassedMs, transitionsPassedMs, bucketsMs: { minute: 0, hour: 0, day: 0 } };
    return store.commit([{ kind: 'forget-past', before }]);
  }

  it('makes several changes durable together, or none of them', async () => {
    const broken = { kind: 'check', check: { ...check(2, 'c1') }, sinceMs: AT_MS } as const;
    const together: Change = { kind: 'together', changes: [define(1, 'c1'), broken] };
    await expect(store.commit([together])).rejects.toThrow('UNIQUE');
    expect(await all(checks.checks())).toEqual([]);
  });
});
