import { Logger } from '@nestjs/common';
import { ManualClock } from '@vitals/core/time';
import { away, FakeStore } from '../../test/fake.store.js';
import type { StoredReport } from './change.js';
import { Journal, type Reporter } from './journal.js';

const KEY = 7;
let clock: ManualClock;
let store: FakeStore;
let journal: Journal;

beforeAll(() => Logger.overrideLogger(false));

beforeEach(() => {
  clock = new ManualClock();
  store = new FakeStore();
  journal = new Journal(clock, store);
});

describe('Journal, reports', () => {
  const report: StoredReport = { phase: 'Ready', reportedAtMs: 1, heardAtMs: 2, advertisedMs: 10_000 };
  const reporter = (removed = false): Reporter & { heardAtMs: number } => ({
    ...report,
    heardAtMs: 2,
    key: KEY,
    removed,
    touched: false,
  });

  it('are written within a second, many of one provider as one, and those of nobody not at all', async () => {
    const own = reporter();
    for (const one of [own, reporter(true), own]) journal.touch(one);
    own.heardAtMs = 3;
    expect(store.commits).toEqual([]);
    await clock.advance(1_000);
    const written = { ...report, key: KEY, heardAtMs: 3 };
    expect(store.commits).toEqual([[{ kind: 'reports', reports: [written] }]]);
  });

  it('that cannot be written are written later', async () => {
    store.failures.push(away());
    journal.touch(reporter());
    await clock.advance(2_000);
    expect(store.reports.get(KEY)).toEqual(report);
  });

  it('that wait are written at shutdown', async () => {
    journal.touch(reporter());
    await Promise.all([journal.flush(), clock.advance(0)]);
    expect(store.reports.get(KEY)).toEqual(report);
  });
});
