import {
  decide,
  loaded,
  recorded,
  register,
  SqliteFixture,
  type TestDatabase,
  transition,
} from '../../test/sqlite-fixture.js';
import { providersDecided } from '../providers/provider.changes.js';

let fixture: SqliteFixture;
let database: TestDatabase;

beforeEach(async () => {
  fixture = new SqliteFixture();
  database = await fixture.opened();
});

afterEach(() => fixture.close());

describe('The log of transitions', () => {
  it('records a transition once, whoever else tries', async () => {
    await database.commit([register('a')]);
    const [first] = await database.commit([decide('a', 'Unknown', 'Available')]);
    const [second] = await database.commit([decide('a', 'Unknown', 'Available')]);
    expect(first).toEqual([recorded(1, 'a', 'Unknown', 'Available')]);
    expect(second).toEqual([]);
    expect(await database.transitions(0, 10)).toEqual(first);
  });

  it('records of many at once only those that nobody decided before, in order', async () => {
    await database.commit([register('a'), register('b'), register('c'), decide('b', 'Unknown', 'Available')]);
    const all = ['a', 'b', 'c'].map((name) => transition(name, 'Unknown', 'Unavailable'));
    const twice = [transition('b', 'Available', 'Unavailable'), transition('b', 'Unavailable', 'Available')];
    const outcomes = await database.commit([providersDecided(all), providersDecided(twice)]);
    expect(outcomes).toEqual([
      [recorded(2, 'a', 'Unknown', 'Unavailable'), recorded(3, 'c', 'Unknown', 'Unavailable')],
      [recorded(4, 'b', 'Available', 'Unavailable'), recorded(5, 'b', 'Unavailable', 'Available')],
    ]);
    expect(await database.transitions(1, 10)).toEqual(outcomes.flat());
    expect((await loaded(database)).providers).toMatchObject([
      { availability: 'Unavailable', lastSequence: 2 },
      { availability: 'Available', lastSequence: 5 },
      { availability: 'Unavailable', lastSequence: 3 },
    ]);
  });

  it('records no transition of a name that is not kept', async () => {
    expect(await database.commit([decide('nobody', 'Unknown', 'Available')])).toEqual([[]]);
  });

  it('numbers transitions without gaps, and gives them oldest first, page by page', async () => {
    await database.commit([register('a')]);
    await database.commit([decide('a', 'Unknown', 'Available'), decide('a', 'Unknown', 'Unavailable')]);
    await database
      .commit([decide('a', 'Available', 'Unavailable'), register('b', 1, 'id-a')])
      .catch(() => undefined);
    await database.commit([decide('a', 'Available', 'Unavailable'), decide('a', 'Unavailable', 'Available')]);
    const sequences = async (since: number, limit: number): Promise<number[]> =>
      (await database.transitions(since, limit)).map(({ sequence }) => sequence);
    expect(await sequences(0, 10)).toEqual([1, 2, 3]);
    expect(await sequences(0, 2)).toEqual([1, 2]);
    expect(await sequences(2, 2)).toEqual([3]);
    expect((await loaded(database)).lastSequence).toBe(3);
  });
});
