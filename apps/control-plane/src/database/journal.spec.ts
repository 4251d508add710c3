import { Logger } from '@nestjs/common';
import type { RecordedTransition } from '@vitals/core/transition';
import { ManualClock } from '@vitals/core/time';
import { away, FakeStore } from '../../test/fake.store.js';
import type { Change, KeyedTransition } from './change.js';
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
  journal.recorded.subscribe((recorded) => published.push(...recorded));
});

const INFO = { capacity: {}, allocated: {}, capabilities: [], syncedAtMs: undefined };

function change(name: string): Change {
  return { kind: 'info', key: keyOf(name), info: INFO };
}

/** Names of one letter have its code as their key. */
function keyOf(name: string): number {
  return name.charCodeAt(0);
}

function transition(
  subject: string,
  from: KeyedTransition['from'],
  to: KeyedTransition['to'],
): KeyedTransition {
  return { kind: 'provider', key: keyOf(subject), subject, from, to, cause: 'for a test', atMs: 0 };
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
    const end = watch(journal.record([transition('a', 'Unknown', 'Available')]));
    await clock.advance(0);
    expect([published.length, end.state, journal.isUnsettled(keyOf('a'))]).toEqual([0, 'pending', true]);
    release();
    await clock.advance(0);
    expect([published.length, end.state, journal.isUnsettled(keyOf('a'))]).toEqual([1, 'done', false]);
  });

  it('keeps a transition whose write failed, tries again, and records and publishes it once', async () => {
    store.failures.push(away(), away());
    const end = watch(journal.record([transition('a', 'Unknown', 'Available')]));
    await clock.advance(0);
    expect([end.state, journal.isUnsettled(keyOf('a')), published]).toEqual(['store-unavailable', true, []]);
    await clock.advance(1_999);
    expect([store.commits.length, published]).toEqual([2, []]);
    await clock.advance(1);
    expect(published).toMatchObject([{ subject: 'a', sequence: 1 }]);
    await clock.advance(60_000);
    expect([store.recorded.length, published.length, journal.isUnsettled(keyOf('a'))]).toEqual([1, 1, false]);
  });

  it('says once why transitions wait, however often they are tried, and once that they are written', async () => {
    const lines: string[] = [];
    for (const level of ['log', 'error'] as const)
      vi.spyOn(Logger.prototype, level).mockImplementation((text: unknown) => void lines.push(String(text)));
    store.failures.push(...Array.from({ length: 20 }, away));
    watch(journal.record([transition('a', 'Unknown', 'Available')]));
    await clock.advance(60_000);
    vi.restoreAllMocks();
    expect(store.recorded).toHaveLength(1);
    expect(lines).toEqual([
      'transitions of providers wait to be written: the disk is full',
      'over: transitions of providers wait to be written',
    ]);
  });

  it('writes a later transition of a subject after those that wait', async () => {
    store.failures.push(away());
    const first = watch(journal.record([transition('a', 'Unknown', 'Available')]));
    await clock.advance(0);
    const second = watch(journal.record([transition('a', 'Available', 'Unavailable')]));
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
    const ends = [watch(journal.record([transition('a', 'Unknown', 'Available')]))];
    await clock.advance(0);
    ends.push(watch(journal.record([transition('a', 'Available', 'Unavailable')])));
    ends.push(watch(journal.record([transition('b', 'Unknown', 'Available')])));
    release();
    await clock.advance(0);
    expect(ends.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(published.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    const ofA = published.filter(({ subject }) => subject === 'a').map(({ to }) => to);
    expect(ofA).toEqual(['Available', 'Unavailable']);
  });

  it('publishes nothing of a transition that somebody else decided first, and does not try it again', async () => {
    await Promise.all([journal.record([transition('a', 'Unknown', 'Available')]), clock.advance(0)]);
    const end = watch(journal.record([transition('a', 'Unknown', 'Available')]));
    await clock.advance(60_000);
    expect([end.state, published.length, store.commits.length]).toEqual(['done', 1, 2]);
  });

  it('settles when all that waits is durable, and says if it is not', async () => {
    await expect(journal.settle()).resolves.toBeUndefined();
    store.failures.push(away(), away());
    watch(journal.record([transition('a', 'Unknown', 'Available')]));
    await clock.advance(0);
    const tooSoon = watch(journal.settle());
    await clock.advance(0);
    const settled = watch(journal.settle());
    await clock.advance(0);
    expect([tooSoon.state, settled.state]).toEqual(['store-unavailable', 'done']);
    expect([store.recorded.length, journal.isUnsettled(keyOf('a'))]).toEqual([1, false]);
  });

  it('writes many transitions in writes of five hundred, and settles each caller with its own', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => ({
      ...transition('a', 'Unknown', 'Available'),
      subject: `p${index}`,
      key: index,
    }));
    const release = store.hold();
    const ends = [many.slice(0, 300), many.slice(300, 600), many.slice(600)].map((part) =>
      watch(journal.record(part)),
    );
    await clock.advance(0);
    expect(ends.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending']);
    release();
    await clock.advance(0);
    expect(ends.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(Math.max(...store.commits.map(sizeOf))).toBe(500);
    expect(published.map(({ sequence }) => sequence)).toEqual(many.map((_, index) => index + 1));
  });
});

function sizeOf(changes: readonly Change[]): number {
  return changes.reduce((sum, one) => sum + (one.kind === 'transitions' ? one.transitions.length : 0), 0);
}
