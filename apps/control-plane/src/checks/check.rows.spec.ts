import { DEFAULT_CHECK_POLICY, type CheckDefinition } from '@vitals/core/check';
import { RunningClock, SystemClock } from '@vitals/core/time';
import { SqliteFixture } from '../../test/sqlite-fixture.js';
import type { AnyChange, Change } from '../database/change.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import { pastForgotten } from '../database/retention.js';
import type { SqliteDatabase } from '../database/sqlite/sqlite.database.js';
import { TRANSITIONS } from '../database/transition.record.js';
import { instanceOf, serviceRegistered, SERVICES, type StoredInstance } from '../services/service.rows.js';
import { readChecks } from './check.applier.js';
import { CheckHistory } from './check.history.js';
import {
  checkDefined,
  type CheckRecord,
  type StoredCheck,
  type StoredProgress,
  uptimeCounted,
  uptimeForgotten,
} from './check.rows.js';
import { type CheckTransition, transitionsOfChecks } from './check.transitions.js';

const AT_MS = Date.UTC(2026, 0, 1);
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

const SERVICE: StoredInstance = {
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
let database: SqliteDatabase;
let journal: Journal;
let history: CheckHistory;

beforeEach(async () => {
  files = new SqliteFixture();
  database = await files.opened();
  const clock = new SystemClock();
  journal = new Journal(clock, database, new Feed());
  const nobody = undefined as never;
  history = new CheckHistory(nobody, database, journal, new RunningClock(clock), nobody);
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

function define(key: number, id: string, serviceKey?: number): AnyChange {
  return checkDefined({ check: check(key, id, serviceKey), sinceMs: AT_MS });
}

function decide(
  key: number,
  from: CheckTransition['from'],
  to: CheckTransition['to'],
  more: Partial<CheckTransition> = {},
): Change<readonly CheckTransition[]> {
  const about = { kind: 'check', subject: `c${key}`, from, to, cause: 'for a test' } as const;
  const whole = { ...about, atMs: AT_MS + 5, sinceMs: AT_MS + 5, key, progress: PROGRESS, ...more };
  return transitionsOfChecks([whole]);
}

async function all(from = database): Promise<CheckRecord[]> {
  const records: CheckRecord[] = [];
  for await (const page of readChecks(from)) records.push(...page);
  return records;
}

const services = async (from = database): Promise<StoredInstance[]> =>
  (await from.select(SERVICES)).map(instanceOf);

const recorded = (): Promise<readonly object[]> => database.select(TRANSITIONS, { orderBy: ['sequence'] });

describe('the rows of checks', () => {
  it('give back what was defined, after a loss of power too', async () => {
    await journal.commitAll([serviceRegistered(SERVICE), define(1, 'c1', 7), define(2, 'c2')]);
    await journal.commit(decide(1, 'Pending', 'Critical'));
    const again = await files.openedAfterPowerLoss();
    expect(await services(again)).toEqual([SERVICE]);
    expect(await all(again)).toEqual([
      {
        check: check(1, 'c1', 7),
        state: { key: 1, status: 'Critical', sinceMs: AT_MS + 5, progress: PROGRESS },
      },
      { check: check(2, 'c2'), state: { key: 2, status: 'Pending', sinceMs: AT_MS, progress: undefined } },
    ]);
  });

  it('keep the state of a check that is defined anew', async () => {
    await journal.commitAll([define(1, 'c1'), decide(1, 'Pending', 'Passing'), define(1, 'c1')]);
    expect((await all())[0]?.state.status).toBe('Passing');
  });

  it('refuse another definition of a check that is gone, and nothing else that is written with it', async () => {
    await journal.commitAll([define(1, 'c1'), define(2, 'c2')]);
    const anew = (key: number): Promise<unknown> =>
      journal.commit(checkDefined({ check: check(key, `c${key}`), sinceMs: AT_MS, mustExist: true }));
    const [, first, second] = await Promise.allSettled([
      journal.commit(decide(1, 'Pending', 'Removed')),
      anew(1),
      anew(2),
    ]);
    expect([first, second]).toMatchObject([
      {
        status: 'rejected',
        reason: { code: 'check-not-found', message: 'c1 was removed in the same moment' },
      },
      { status: 'fulfilled' },
    ]);
    expect((await all()).map((record) => record.check.key)).toEqual([2]);
  });

  it('take a transition only if the check still is in the state that it leaves', async () => {
    await journal.commit(checkDefined({ check: check(1, 'c1'), sinceMs: AT_MS }));
    const outcomes = await Promise.all([
      journal.commit(decide(1, 'Pending', 'Critical')),
      journal.commit(decide(1, 'Pending', 'Passing')),
      journal.commit(decide(1, 'Critical', 'Passing', { suppressed: 'parent' })),
    ]);
    expect(outcomes.map((outcome) => outcome.map(({ sequence, to }) => [sequence, to]))).toEqual([
      [[1, 'Critical']],
      [[undefined, 'Passing']],
      [[2, 'Passing']],
    ]);
    expect(await history.transitionsOf('c1', 10)).toMatchObject([
      { sequence: 2, to: 'Passing', suppressed: 'parent' },
      { sequence: 1, to: 'Critical' },
    ]);
    expect(await history.transitionsOf('c1', 10, 2)).toHaveLength(1);
    expect(await recorded()).toHaveLength(2);
  });

  it('go with the service of the check, and with nothing else', async () => {
    const other = { ...SERVICE, key: 8, port: 81 };
    await journal.commitAll([
      serviceRegistered(SERVICE),
      serviceRegistered(other),
      define(1, 'c1', 7),
      define(2, 'c2', 8),
      decide(1, 'Pending', 'Removed'),
    ]);
    expect((await services()).map(({ key }) => key)).toEqual([8]);
    expect((await all()).map((record) => record.check.key)).toEqual([2]);
  });

  it('go for whoever asks, also if the state was another; it is not recorded then', async () => {
    await journal.commitAll([serviceRegistered(SERVICE), define(1, 'c1', 7)]);
    const written = await journal.commit(decide(1, 'Critical', 'Removed', { keepsService: true }));
    expect(written.map(({ to, sequence }) => [to, sequence])).toEqual([['Removed', undefined]]);
    expect([await all(), await services(), await recorded()]).toEqual([[], [SERVICE], []]);
  });

  it('add buckets up, for checks that are there, also those that come together', async () => {
    await journal.commit(checkDefined({ check: check(1, 'c1'), sinceMs: AT_MS }));
    const bucket = { width: 'hour', startMs: AT_MS, up: 2, warning: 1, down: 3, durationMs: 4.5 } as const;
    for (const key of [1, 1, 99]) await journal.commit(uptimeCounted([{ key, ...bucket }]));
    const doubled = { startMs: AT_MS, up: 4, warning: 2, down: 6, durationMs: 9 };
    expect(await history.uptime(1, 'hour', AT_MS, AT_MS + 1)).toEqual([doubled]);
    expect(await history.uptime(1, 'hour', AT_MS + 1, AT_MS + 9)).toEqual([]);
    expect(await history.uptime(1, 'hour', 0, AT_MS)).toEqual([]);
    expect(await history.uptime(99, 'hour', 0, AT_MS + 9)).toEqual([]);
    const day = { ...bucket, key: 1, width: 'day' } as const;
    await journal.commit(uptimeCounted([day, day]));
    expect(await history.uptime(1, 'day', AT_MS, AT_MS + 1)).toEqual([doubled]);
  });

  it('forget buckets that are too old for their width', async () => {
    await journal.commit(checkDefined({ check: check(1, 'c1'), sinceMs: AT_MS }));
    const counts = { key: 1, up: 1, warning: 0, down: 0, durationMs: 1 };
    const buckets = (['minute', 'hour'] as const).flatMap((width) =>
      [AT_MS - 1, AT_MS].map((startMs) => ({ ...counts, width, startMs })),
    );
    await journal.commit(uptimeCounted(buckets));
    await journal.commit(uptimeForgotten({ minute: AT_MS, hour: 0, day: 0 }));
    expect(await history.uptime(1, 'minute', 0, AT_MS + 1)).toMatchObject([{ startMs: AT_MS }]);
    expect(await history.uptime(1, 'hour', 0, AT_MS + 1)).toHaveLength(2);
  });

  it('become durable with others together, or none of them', async () => {
    const broken = checkDefined({ check: check(2, 'c1'), sinceMs: AT_MS });
    await expect(journal.commitAll([define(1, 'c1'), broken])).rejects.toThrow('UNIQUE');
    expect(await all()).toEqual([]);
  });
});

describe('the transitions of checks', () => {
  it('are forgotten with the past, and their numbers go on', async () => {
    await journal.commitAll([
      define(1, 'c1'),
      decide(1, 'Pending', 'Critical'),
      decide(1, 'Critical', 'Passing'),
    ]);
    await forget(0, -50);
    await forget(100, 50);
    expect(await recorded()).toMatchObject([{ sequence: 2 }]);
    expect(await journal.commit(decide(1, 'Passing', 'Warning'))).toMatchObject([{ sequence: 3 }]);
  });

  it('are as old as the time that has passed, whatever the wall clock said of them', async () => {
    await journal.commitAll([define(1, 'c1'), decide(1, 'Pending', 'Critical', { atMs: AT_MS + 1e12 })]);
    await forget(1_000, -9_000);
    await journal.commit(decide(1, 'Critical', 'Passing', { atMs: 0 }));
    await forget(2_000, -8_000);
    await journal.commit(decide(1, 'Passing', 'Warning', { atMs: AT_MS }));
    expect(await recorded()).toHaveLength(3);
    await forget(11_999, 1_999);
    expect(await recorded()).toMatchObject([{ sequence: 2 }, { sequence: 3 }]);
    await forget(12_000, 2_000);
    expect(await recorded()).toMatchObject([{ sequence: 3 }]);
  });

  function forget(nowMs: number, untilMs: number): Promise<unknown> {
    return journal.commit(pastForgotten({ nowMs, untilMs }));
  }
});
