import { Logger } from '@nestjs/common';
import type { RecordedTransition } from '@vitals/core/transition';
import { ManualClock } from '@vitals/core/time';
import { away, MemoryDatabase } from '../../test/memory.database.js';
import { infoUpdated, providersDecided } from '../providers/provider.changes.js';
import { LEASES, PROVIDERS } from '../providers/provider.rows.js';
import { changeKind, type KeyedTransition } from './change.js';
import { Feed } from './feed.js';
import { CHANGE_LOG } from './change.log.js';
import { Journal } from './journal.js';
import { TRANSITIONS } from './transition.record.js';

let clock: ManualClock;
let store: MemoryDatabase;
let feed: Feed;
let journal: Journal;
let published: RecordedTransition[];

beforeAll(() => Logger.overrideLogger(false));

beforeEach(() => {
  clock = new ManualClock();
  store = new MemoryDatabase();
  feed = new Feed();
  journal = new Journal(clock, store, feed);
  for (const name of ['a', 'b']) {
    store.load(LEASES, [{ key: keyOf(name), availability: 'Unknown' }]);
    store.load(PROVIDERS, [{ key: keyOf(name), name, info: NOTHING }]);
  }
  published = [];
  feed.recorded.subscribe((recorded) => published.push(...recorded));
});

const NOTHING = { capacity: {}, allocated: {}, capabilities: [], syncedAtMs: undefined };
const INFO = { capacity: { cpu: 1 }, allocated: {}, capabilities: [], syncedAtMs: undefined };

function change(name: string): ReturnType<typeof infoUpdated> {
  return infoUpdated({ key: keyOf(name), name, info: INFO });
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
    const ends = changes.map((one) => watch(journal.commitAll([one])));
    await clock.advance(0);
    expect([store.attempts, store.rows(CHANGE_LOG).map(({ keys }) => keys)]).toEqual([
      1,
      ['a', 'b', 'c'].map((name) => [keyOf(name)]),
    ]);
    expect(ends.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  });

  it('acknowledges a change only when it is durable', async () => {
    const release = store.hold();
    const end = watch(journal.commitAll([change('a')]));
    await clock.advance(5_000);
    expect(end.state).toBe('pending');
    release();
    await clock.advance(0);
    expect(end.state).toBe('done');
  });

  it('rejects a change that cannot be written, and keeps nothing of it', async () => {
    store.failures.push(away());
    const end = watch(journal.commitAll([change('a')]));
    await clock.advance(60_000);
    expect(end.state).toBe('store-unavailable');
    expect(store.attempts).toBe(1);
    expect(store.rows(PROVIDERS)[0]?.info).toEqual(NOTHING);
  });

  it('publishes a transition only after it is durable', async () => {
    const release = store.hold();
    const end = watch(journal.record(providersDecided, [transition('a', 'Unknown', 'Available')]));
    await clock.advance(0);
    expect([published.length, end.state, journal.isUnsettled(providersDecided, keyOf('a'))]).toEqual([
      0,
      'pending',
      true,
    ]);
    release();
    await clock.advance(0);
    expect([published.length, end.state, journal.isUnsettled(providersDecided, keyOf('a'))]).toEqual([
      1,
      'done',
      false,
    ]);
  });

  it('keeps a transition whose write failed, tries again, and records and publishes it once', async () => {
    store.failures.push(away(), away());
    const end = watch(journal.record(providersDecided, [transition('a', 'Unknown', 'Available')]));
    await clock.advance(0);
    expect([end.state, journal.isUnsettled(providersDecided, keyOf('a')), published]).toEqual([
      'store-unavailable',
      true,
      [],
    ]);
    await clock.advance(1_999);
    expect([store.attempts, published]).toEqual([2, []]);
    await clock.advance(1);
    expect(published).toMatchObject([{ subject: 'a', sequence: 1 }]);
    await clock.advance(60_000);
    expect([
      store.rows(TRANSITIONS).length,
      published.length,
      journal.isUnsettled(providersDecided, keyOf('a')),
    ]).toEqual([1, 1, false]);
  });

  it('says once why transitions wait, however often they are tried, and once that they are written', async () => {
    const lines: string[] = [];
    for (const level of ['log', 'error'] as const)
      vi.spyOn(Logger.prototype, level).mockImplementation((text: unknown) => void lines.push(String(text)));
    store.failures.push(...Array.from({ length: 20 }, away));
    watch(journal.record(providersDecided, [transition('a', 'Unknown', 'Available')]));
    await clock.advance(60_000);
    vi.restoreAllMocks();
    expect(store.rows(TRANSITIONS)).toHaveLength(1);
    expect(lines).toEqual([
      'transitions of providers wait to be written: the disk is full',
      'over: transitions of providers wait to be written',
    ]);
  });

  it('writes a later transition of a subject after those that wait', async () => {
    store.failures.push(away());
    const first = watch(journal.record(providersDecided, [transition('a', 'Unknown', 'Available')]));
    await clock.advance(0);
    const second = watch(journal.record(providersDecided, [transition('a', 'Available', 'Unavailable')]));
    await clock.advance(0);
    expect([first.state, second.state]).toEqual(['store-unavailable', 'done']);
    expect(published.map(({ sequence, to }) => [sequence, to])).toEqual([
      [1, 'Available'],
      [2, 'Unavailable'],
    ]);
    await clock.advance(60_000);
    expect(store.rows(TRANSITIONS)).toHaveLength(2);
  });

  it('takes transitions that come while one of their subject is being written, in order', async () => {
    const release = store.hold();
    const ends = [watch(journal.record(providersDecided, [transition('a', 'Unknown', 'Available')]))];
    await clock.advance(0);
    ends.push(watch(journal.record(providersDecided, [transition('a', 'Available', 'Unavailable')])));
    ends.push(watch(journal.record(providersDecided, [transition('b', 'Unknown', 'Available')])));
    release();
    await clock.advance(0);
    expect(ends.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(published.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    const ofA = published.filter(({ subject }) => subject === 'a').map(({ to }) => to);
    expect(ofA).toEqual(['Available', 'Unavailable']);
  });

  it('publishes nothing of a transition that somebody else decided first, and does not try it again', async () => {
    await Promise.all([
      journal.record(providersDecided, [transition('a', 'Unknown', 'Available')]),
      clock.advance(0),
    ]);
    const end = watch(journal.record(providersDecided, [transition('a', 'Unknown', 'Available')]));
    await clock.advance(60_000);
    expect([end.state, published.length, store.attempts]).toEqual(['done', 1, 2]);
  });

  it('settles when all that waits is durable, and says if it is not', async () => {
    await expect(journal.settle(providersDecided)).resolves.toBeUndefined();
    store.failures.push(away(), away());
    watch(journal.record(providersDecided, [transition('a', 'Unknown', 'Available')]));
    await clock.advance(0);
    const tooSoon = watch(journal.settle(providersDecided));
    await clock.advance(0);
    const settled = watch(journal.settle(providersDecided));
    await clock.advance(0);
    expect([tooSoon.state, settled.state]).toEqual(['store-unavailable', 'done']);
    expect([store.rows(TRANSITIONS).length, journal.isUnsettled(providersDecided, keyOf('a'))]).toEqual([
      1,
      false,
    ]);
  });

  it('writes many transitions in writes of five hundred, and settles each caller with its own', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => ({
      ...transition('a', 'Unknown', 'Available'),
      subject: `p${index}`,
      key: index,
    }));
    store.load(
      LEASES,
      many.map(({ key }) => ({ key, availability: 'Unknown' as const })),
    );
    const release = store.hold();
    const ends = [many.slice(0, 300), many.slice(300, 600), many.slice(600)].map((part) =>
      watch(journal.record(providersDecided, part)),
    );
    await clock.advance(0);
    expect(ends.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending']);
    release();
    await clock.advance(0);
    expect(ends.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(Math.max(...store.rows(CHANGE_LOG).map(({ keys }) => keys.length))).toBe(500);
    expect(published.map(({ sequence }) => sequence)).toEqual(many.map((_, index) => index + 1));
  });

  it('applies a change before its commit resolves, and none that could not be written', async () => {
    const applied: string[] = [];
    feed.on(infoUpdated, ({ name }) => applied.push(name));
    store.failures.push(undefined, away());
    const first = journal.commit(change('a')).then(() => [...applied]);
    await clock.advance(0);
    expect(await first).toEqual(['a']);
    const second = watch(journal.commit(change('b')));
    await clock.advance(0);
    expect([second.state, applied]).toEqual(['store-unavailable', ['a']]);
  });

  it('applies to the next one what it can, when one who applies fails', async () => {
    const applied: string[] = [];
    feed.on(infoUpdated, () => {
      throw new Error('for a test');
    });
    feed.on(infoUpdated, ({ name }) => applied.push(name));
    await Promise.all([journal.commit(change('a')), clock.advance(0)]);
    expect(applied).toEqual(['a']);
  });

  it('numbers changes without gaps, whatever could not be written, and gives buffered writes no number', async () => {
    const buffered = changeKind<number>('for a test', { write: async () => undefined });
    store.failures.push(undefined, away());
    for (const changes of [[change('a')], [change('a')], [buffered(1)], [change('b'), change('a')]]) {
      watch(journal.commitAll(changes));
      await clock.advance(0);
    }
    expect(store.rows(CHANGE_LOG)).toEqual([
      { number: 1, kind: 'provider-info-updated', keys: [keyOf('a')] },
      { number: 2, kind: 'provider-info-updated', keys: [keyOf('b')] },
      { number: 3, kind: 'provider-info-updated', keys: [keyOf('a')] },
    ]);
  });

  it('writes what accompanies a change with it, or neither', async () => {
    const companion = changeKind<string>('companion', {
      async write(transaction, name) {
        if (name === 'b') throw new Error('for a test');
        await transaction.patch(LEASES, [{ key: keyOf(name), phase: 'Ready' }]);
      },
      keys: (name) => [name],
    });
    journal.accompany(infoUpdated, ({ name }) => [companion(name)]);
    const ends = ['a', 'b'].map((name) => watch(journal.commit(change(name))));
    await clock.advance(0);
    expect(ends.map(({ state }) => state)).toEqual(['done', undefined]);
    const infos = new Map(store.rows(PROVIDERS).map(({ name, info }) => [name, info]));
    expect([infos.get('a'), infos.get('b')]).toEqual([INFO, NOTHING]);
    const phases = new Map(store.rows(LEASES).map(({ key, phase }) => [key, phase]));
    expect([phases.get(keyOf('a')), phases.get(keyOf('b'))]).toEqual(['Ready', undefined]);
    expect(store.rows(CHANGE_LOG).map(({ kind }) => kind)).toEqual(['provider-info-updated', 'companion']);
  });

  it('writes what is sealed, and applies what was given', async () => {
    const applied: unknown[] = [];
    feed.on(infoUpdated, ({ info }) => applied.push(info));
    const seal = (payload: ReturnType<typeof change>['payload']) => ({ ...payload, info: NOTHING });
    journal.sealBy(infoUpdated, { seal, open: (payload) => payload });
    await Promise.all([journal.commit(change('a')), clock.advance(0)]);
    expect([applied, store.rows(PROVIDERS)[0]?.info]).toEqual([[INFO], NOTHING]);
  });
});
