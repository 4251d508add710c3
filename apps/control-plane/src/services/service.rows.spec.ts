import { DEFAULT_CHECK_POLICY } from '@vitals/core/check';
import { SystemClock } from '@vitals/core/time';
import { SqliteFixture } from '../../test/sqlite-fixture.js';
import { checkDefined, type StoredProgress } from '../checks/check.rows.js';
import { type CheckTransition, transitionsOfChecks } from '../checks/check.transitions.js';
import type { AnyChange } from '../database/change.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import type { SqliteDatabase } from '../database/sqlite/sqlite.database.js';
import {
  instanceOf,
  readRemembered,
  removedServicesAged,
  serviceForgotten,
  serviceRegistered,
  SERVICES,
  serviceRemoved,
  type StoredInstance,
} from './service.rows.js';

const AT_MS = Date.UTC(2026, 0, 1);
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
let database: SqliteDatabase;
let journal: Journal;

beforeEach(async () => {
  files = new SqliteFixture();
  database = await files.opened();
  journal = new Journal(new SystemClock(), database, new Feed());
});
afterEach(() => files.close());

function instance(key: number): StoredInstance {
  const check = { healthPath: '', tlsSkipVerify: false, interval: 1_000, deregisterCriticalServiceAfter: 1 };
  const place = { serviceId: 'orders', tag: 'dev', protocol: 'http', address: '::1', port: key };
  return { key, ...place, name: 'shop', check, registeredAtMs: AT_MS + key };
}

function register(key: number): AnyChange[] {
  const rest = { target: { kind: 'ttl' }, maintenance: [], labels: {}, paused: false } as const;
  const definition = { ...DEFAULT_CHECK_POLICY, ...rest, id: `c${key}` };
  const check = { key, definition, source: 'service', serviceKey: key, createdAtMs: AT_MS } as const;
  return [serviceRegistered(instance(key)), checkDefined({ check, sinceMs: AT_MS })];
}

/** A removal for failures, of a check that is in the state `from`. */
function removal(key: number, leftMs: number, from: 'Pending' | 'Critical' = 'Pending'): CheckTransition {
  const about = { kind: 'service', subject: `c${key}`, from, to: 'Removed', cause: 'failed' } as const;
  const remembers = { service: instance(key), leftMs };
  return { ...about, atMs: AT_MS, sinceMs: AT_MS, key, progress: PROGRESS, remembers };
}

const fail = (...args: Parameters<typeof removal>): AnyChange => transitionsOfChecks([removal(...args)]);

const remembered = async (): Promise<readonly (readonly [port: number, leftMs: number])[]> =>
  (await readRemembered(database)).map(({ service: { port }, leftMs }) => [port, leftMs]);

const registered = async (): Promise<StoredInstance[]> => (await database.select(SERVICES)).map(instanceOf);

describe('the rows of services', () => {
  it('give an instance back as it was registered last, under its key', async () => {
    await journal.commit(serviceRegistered(instance(7)));
    const again = { ...instance(7), name: 'renamed', registeredAtMs: AT_MS + 9 };
    await journal.commit(serviceRegistered(again));
    expect(await registered()).toEqual([again]);
  });

  it('go with an instance that nobody checks', async () => {
    await journal.commitAll([serviceRegistered(instance(7)), serviceRemoved({ key: 7 })]);
    expect(await registered()).toEqual([]);
  });
});

describe('the rows of removed services', () => {
  it('remember an instance with its removal, whole, after a loss of power too', async () => {
    expect(await journal.commit(transitionsOfChecks([removal(1, 500)]))).toMatchObject([
      { overruledBy: null },
    ]);
    expect(await remembered()).toEqual([]);
    await journal.commitAll([...register(1), fail(1, 500)]);
    const { key: _key, ...kept } = instance(1);
    expect(await readRemembered(await files.openedAfterPowerLoss())).toMatchObject([
      { service: kept, leftMs: 500 },
    ]);
  });

  it('stay as they are where somebody else decided first, and nothing is removed', async () => {
    await journal.commitAll([...register(1), fail(1, 500, 'Critical')]);
    expect([await registered(), await remembered()]).toEqual([[instance(1)], []]);
  });

  it('forget an instance that registers or is to be forgotten, and no other', async () => {
    for (const key of [1, 2, 3]) await journal.commitAll([...register(key), fail(key, 500)]);
    await journal.commitAll([...register(1), serviceForgotten(instance(2))]);
    expect(await remembered()).toEqual([[3, 500]]);
  });

  it('forget an instance when its time has passed, and of too many those that were removed first', async () => {
    for (const [key, leftMs] of [
      [1, 100],
      [2, 300],
      [3, 300],
      [4, 301],
    ] as const)
      await journal.commitAll([...register(key), fail(key, leftMs)]);
    await journal.commit(removedServicesAged({ byMs: 100, most: 10 }));
    expect(await remembered()).toEqual([
      [2, 200],
      [3, 200],
      [4, 201],
    ]);
    await journal.commit(removedServicesAged({ byMs: 1, most: 2 }));
    expect(await remembered()).toEqual([
      [3, 199],
      [4, 200],
    ]);
  });
});
