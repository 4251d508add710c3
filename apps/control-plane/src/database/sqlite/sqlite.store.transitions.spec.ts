import {
  AT_MS,
  decide,
  loaded,
  recorded,
  register,
  SqliteFixture,
  type SqliteStore,
  transition,
} from '../../../test/sqlite-fixture.js';
import { providerRemoved, providersDecided } from '../../providers/provider.changes.js';

let fixture: SqliteFixture;
let store: SqliteStore;

beforeEach(async () => {
  fixture = new SqliteFixture();
  store = await fixture.opened();
});

afterEach(() => fixture.close());

describe('SqliteStore, transitions', () => {
  it('records a transition once, whoever else tries', async () => {
    await store.commit([register('a')]);
    const [first] = await store.commit([decide('a', 'Unknown', 'Available')]);
    const [second] = await store.commit([decide('a', 'Unknown', 'Available')]);
    expect(first).toEqual([recorded(1, 'a', 'Unknown', 'Available')]);
    expect(second).toEqual([]);
    expect(await store.transitions(0, 10)).toEqual(first);
  });

  it('records of many at once only those that nobody decided before, in order', async () => {
    await store.commit([register('a'), register('b'), register('c'), decide('b', 'Unknown', 'Available')]);
    const all = ['a', 'b', 'c'].map((name) => transition(name, 'Unknown', 'Unavailable'));
    const twice = [transition('b', 'Available', 'Unavailable'), transition('b', 'Unavailable', 'Available')];
    const outcomes = await store.commit([providersDecided(all), providersDecided(twice)]);
    expect(outcomes).toEqual([
      [recorded(2, 'a', 'Unknown', 'Unavailable'), recorded(3, 'c', 'Unknown', 'Unavailable')],
      [recorded(4, 'b', 'Available', 'Unavailable'), recorded(5, 'b', 'Unavailable', 'Available')],
    ]);
    expect(await store.transitions(1, 10)).toEqual(outcomes.flat());
    expect((await loaded(store)).providers).toMatchObject([
      { availability: 'Unavailable', lastSequence: 2 },
      { availability: 'Available', lastSequence: 5 },
      { availability: 'Unavailable', lastSequence: 3 },
    ]);
  });

  it('records no transition of a name that is not kept', async () => {
    expect(await store.commit([decide('nobody', 'Unknown', 'Available')])).toEqual([[]]);
  });

  it('numbers transitions without gaps, and gives them oldest first, page by page', async () => {
    await store.commit([register('a')]);
    await store.commit([decide('a', 'Unknown', 'Available'), decide('a', 'Unknown', 'Unavailable')]);
    await store
      .commit([decide('a', 'Available', 'Unavailable'), register('b', 1, 'id-a')])
      .catch(() => undefined);
    await store.commit([decide('a', 'Available', 'Unavailable'), decide('a', 'Unavailable', 'Available')]);
    const sequences = async (since: number, limit: number): Promise<number[]> =>
      (await store.transitions(since, limit)).map(({ sequence }) => sequence);
    expect(await sequences(0, 10)).toEqual([1, 2, 3]);
    expect(await sequences(0, 2)).toEqual([1, 2]);
    expect(await sequences(2, 2)).toEqual([3]);
    expect((await loaded(store)).lastSequence).toBe(3);
  });

  it('ends the history of a provider that is removed, from the state it was in', async () => {
    await store.commit([register('a'), decide('a', 'Unknown', 'Available')]);
    const removal = providerRemoved([transition('a', 'Unknown', 'Removed')]);
    expect(await store.commit([removal])).toEqual([[recorded(2, 'a', 'Available', 'Removed')]]);
    expect(await store.commit([removal])).toEqual([[]]);
    expect((await loaded(store)).providers).toEqual([]);
    await store.commit([register('a')]);
    expect((await loaded(store)).providers).toMatchObject([{ availability: 'Unknown', lastSequence: 0 }]);
  });

  it('tells when the recent transitions of a provider were, first heartbeats not counted', async () => {
    await store.commit([register('a'), decide('a', 'Unknown', 'Available')]);
    await store.commit([decide('a', 'Available', 'Unavailable'), decide('a', 'Unavailable', 'Available')]);
    const changes = async (sinceMs: number): Promise<unknown> =>
      (await loaded(store, sinceMs)).providers[0]?.changedAtMs;
    expect(await changes(AT_MS)).toEqual([AT_MS + 5, AT_MS + 5]);
    expect(await changes(AT_MS + 6)).toEqual([]);
  });
});
