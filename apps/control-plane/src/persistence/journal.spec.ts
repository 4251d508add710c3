import { Logger } from '@nestjs/common';
import type { RecordedTransition, Transition } from '@vitals/core/lease';
import { ManualClock } from '@vitals/core/time';
import { away, FakeStore } from '../../test/fake.store.js';
import type { Change, StoredReport } from './control-plane.store.js';
import { Journal } from './journal.js';

let clock: ManualClock;
let store: FakeStore;
let journal: Journal;
let published: RecordedTransition[];

beforeAll(() => Logger.overrideLogger(false));

beforeEach(() => {
  clock = new ManualClock();
  store = new FakeStore();
  journal = new Journal(clock, store);
  published = [];
  journal.recorded.subscribe((one) => published.push(one));
});

const INFO = { capacity: {}, allocated: {}, capabilities: [], syncedAtMs: undefined };

function change(name: string): Change {
  return { kind: 'info', name, info: INFO };
}

function transition(subject: string, from: Transition['from'], to: Transition['to']): Transition {
  return { kind: 'provider', subject, from, to, cause: 'for a test', atMs: 0 };
}

/** How a promise ended; `pending` until it has. */
function watch(promise: Promise<unknown>): { state: string } {
  const watched = { state: 'pending' };
  promise.then(
    () => (watched.state = 'done'),
    (error: { code: string }) => (watched.state = error.code),
  );
  return watched;
}

describe('Journal', () => {
  it('writes changes that come together as one commit, in their order', async () => {
    const changes = ['a', 'b', 'c'].map(change);
    const ends = changes.map((one) => watch(journal.commit(one)));
    await clock.advance(0);
    expect(store.commits).toEqual([changes]);
    expect(ends.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  });

  it('acknowledges a change only when it is durable', async () => {
    const release = store.hold();
    const end = watch(journal.commit(change('a')));
    await clock.advance(5_000);
    expect(end.state).toBe('pending');
    release();
    await clock.advance(0);
    expect(end.state).toBe('done');
  });

  it('rejects a change that cannot be written, and keeps nothing of it', async () => {
    store.failures.push(away());
    const end = watch(journal.commit(change('a')));
    await clock.advance(60_000);
    expect(end.state).toBe('store-unavailable');
    expect(store.commits).toHaveLength(1);
    expect(store.infos.size).toBe(0);
  });

  it('publishes a transition only after it is durable', async () => {
    const release = store.hold();
    const end = watch(journal.record(transition('a', 'Unknown', 'Available')));
    await clock.advance(0);
    expect([published.length, end.state, journal.isUnsettled('a')]).toEqual([0, 'pending', true]);
    release();
    await clock.advance(0);
    expect([published.length, end.state, journal.isUnsettled('a')]).toEqual([1, 'done', false]);
  });

  it('keeps a transition whose write failed, tries again, and records and publishes it once', async () => {
    store.failures.push(away(), away());
    const end = watch(journal.record(transition('a', 'Unknown', 'Available')));
    await clock.advance(0);
    expect([end.state, journal.isUnsettled('a'), published]).toEqual(['store-unavailable', true, []]);
    await clock.advance(1_999);
    expect([store.commits.length, published]).toEqual([2, []]);
    await clock.advance(1);
    expect(published).toMatchObject([{ subject: 'a', sequence: 1 }]);
    await clock.advance(60_000);
    expect([store.recorded.length, published.length, journal.isUnsettled('a')]).toEqual([1, 1, false]);
  });

  it('writes a later transition of a subject after those that wait', async () => {
    store.failures.push(away());
    const first = watch(journal.record(transition('a', 'Unknown', 'Available')));
    await clock.advance(0);
    const second = watch(journal.record(transition('a', 'Available', 'Unavailable')));
    await clock.advance(0);
    expect([first.state, second.state]).toEqual(['store-unavailable', 'done']);
    expect(published.map(({ sequence, to }) => [sequence, to])).toEqual([
      [1, 'Available'],
      [2, 'Unavailable'],
    ]);
    await clock.advance(60_000);
    expect(store.recorded).toHaveLength(2);
  });

  it('takes transitions that come while one of their subject is being written, in order', async () => {
    const release = store.hold();
    const ends = [watch(journal.record(transition('a', 'Unknown', 'Available')))];
    await clock.advance(0);
    ends.push(watch(journal.record(transition('a', 'Available', 'Unavailable'))));
    ends.push(watch(journal.record(transition('b', 'Unknown', 'Available'))));
    release();
    await clock.advance(0);
    expect(ends.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(published.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    const ofA = published.filter(({ subject }) => subject === 'a').map(({ to }) => to);
    expect(ofA).toEqual(['Available', 'Unavailable']);
  });

  it('publishes nothing of a transition that somebody else decided first, and does not try it again', async () => {
    await Promise.all([journal.record(transition('a', 'Unknown', 'Available')), clock.advance(0)]);
    const end = watch(journal.record(transition('a', 'Unknown', 'Available')));
    await clock.advance(60_000);
    expect([end.state, published.length, store.commits.length]).toEqual(['done', 1, 2]);
  });

  it('settles a subject when all that waits of it is durable, and says if it is not', async () => {
    expect(watch(journal.settle('a'))).toBeDefined();
    await expect(journal.settle('a')).resolves.toBeUndefined();
    store.failures.push(away(), away());
    watch(journal.record(transition('a', 'Unknown', 'Available')));
    await clock.advance(0);
    const tooSoon = watch(journal.settle('a'));
    await clock.advance(0);
    const settled = watch(journal.settle('a'));
    await clock.advance(0);
    expect([tooSoon.state, settled.state]).toEqual(['store-unavailable', 'done']);
    expect([store.recorded.length, journal.isUnsettled('a')]).toEqual([1, false]);
  });
});

describe('Journal, reports', () => {
  const report: StoredReport = { phase: 'Ready', reportedAtMs: 1, heardAtMs: 2, toldMs: 10_000 };

  it('are written within a second, many of one provider as one, and those of nobody not at all', async () => {
    let current = report;
    journal.readReportsFrom((name) => (name === 'a' ? current : undefined));
    for (const name of ['a', 'gone', 'a']) journal.touch(name);
    current = { ...report, heardAtMs: 3 };
    expect(store.commits).toEqual([]);
    await clock.advance(1_000);
    expect(store.commits).toEqual([[{ kind: 'reports', reports: [{ name: 'a', ...current }] }]]);
  });

  it('that cannot be written are written later', async () => {
    journal.readReportsFrom(() => report);
    store.failures.push(away());
    journal.touch('a');
    await clock.advance(2_000);
    expect(store.reports.get('a')).toEqual(report);
  });

  it('that wait are written at shutdown', async () => {
    journal.readReportsFrom(() => report);
    journal.touch('a');
    await Promise.all([journal.onApplicationShutdown(), clock.advance(0)]);
    expect(store.reports.get('a')).toEqual(report);
  });
});
