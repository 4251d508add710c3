import { Logger } from '@nestjs/common';
import { ManualClock } from '@vitals/core/time';
import { away, MemoryDatabase } from '../../test/memory.database.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import type { Provider } from '../providers/provider.js';
import { LEASES, type StoredReport } from '../providers/provider.rows.js';
import { ReportBuffer } from './report.buffer.js';

const KEY = 7;
let clock: ManualClock;
let store: MemoryDatabase;
let journal: Journal;
let reports: ReportBuffer;

beforeAll(() => Logger.overrideLogger(false));

beforeEach(() => {
  clock = new ManualClock();
  store = new MemoryDatabase();
  store.load(LEASES, [
    { key: KEY, advertisedMs: 0, availability: 'Available', stateSinceMs: 0, lastSequence: 0 },
  ]);
  journal = new Journal(clock, store, new Feed());
  reports = new ReportBuffer(journal, clock);
});

describe('ReportBuffer', () => {
  const report: StoredReport = {
    key: KEY,
    phase: 'Ready',
    reportedAtMs: 1,
    heardAtMs: 2,
    advertisedMs: 10_000,
  };

  /** A provider as far as its reports go. */
  class Reporting {
    heardAtMs = 2;
    touched = false;

    constructor(readonly removed = false) {}

    get report(): StoredReport {
      return { ...report, heardAtMs: this.heardAtMs };
    }
  }

  const touch = (one: Reporting): void => reports.touch(one as unknown as Provider);

  it('writes reports within a second, many of one provider as one, and those of nobody not at all', async () => {
    const own = new Reporting();
    for (const one of [own, new Reporting(true), own]) touch(one);
    own.heardAtMs = 3;
    expect(store.attempts).toBe(0);
    await clock.advance(1_000);
    expect([store.attempts, store.rows(LEASES)]).toMatchObject([1, [{ ...report, heardAtMs: 3 }]]);
  });

  it('writes later what cannot be written', async () => {
    store.failures.push(away());
    touch(new Reporting());
    await clock.advance(2_000);
    expect(store.rows(LEASES)).toMatchObject([report]);
  });

  it('writes what waits at shutdown', async () => {
    touch(new Reporting());
    await Promise.all([reports.flush(), clock.advance(0)]);
    expect(store.rows(LEASES)).toMatchObject([report]);
  });
});
