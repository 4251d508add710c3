import {
  AT_MS,
  decide,
  keyOf,
  loaded,
  recorded,
  register,
  registerAs,
  report,
  REPORT,
  SqliteFixture,
  type TestDatabase,
  transition,
} from '../../test/sqlite-fixture.js';
import { credentialsReplaced, providerOrdered, providerRemoved } from './provider.changes.js';
import { readProviders } from './provider.rows.js';

let fixture: SqliteFixture;
let database: TestDatabase;

beforeEach(async () => {
  fixture = new SqliteFixture();
  database = await fixture.opened();
});

afterEach(() => fixture.close());

describe('The rows of a provider', () => {
  it('gives a large fleet back some at a time, in the order of names, each once', async () => {
    const names = Array.from({ length: 600 }, (_, index) => `p${index}`);
    const changes = names.map((name, index) => registerAs(index + 1, name));
    await database.commit(changes);
    const sizes: number[] = [];
    for await (const some of readProviders(database, 0)) sizes.push(some.length);
    expect(sizes).toEqual([250, 250, 100]);
    const { providers, fleetSize } = await loaded(database);
    expect(fleetSize).toBe(names.length);
    expect(providers.map(({ registration }) => registration.name)).toEqual(names.toSorted());
  });

  it('keeps report, availability and id of a provider that registers again', async () => {
    await database.commit([register('a'), report('a')]);
    await database.commit([decide('a', 'Unknown', 'Available'), register('a', 2)]);
    const { providers } = await loaded(database);
    expect(providers).toMatchObject([{ id: 'id-a', generation: 2, ...REPORT, availability: 'Available' }]);
  });

  it('passes over reports of a provider that is gone', async () => {
    await database.commit([report('nobody')]);
    expect((await loaded(database)).providers).toEqual([]);
  });

  it('keeps orders and credentials, and takes back a drain when its provider registers again', async () => {
    await database.commit([register('a', 1, 'id-a', 'first')]);
    const operations = { cordoned: true, drainRequested: true };
    await database.commit([providerOrdered({ key: keyOf('a'), name: 'a', ...operations })]);
    expect((await loaded(database)).providers).toMatchObject([
      { ...operations, tokenHash: 'first', previousTokenHash: 'first before' },
    ]);
    await database.commit([register('a', 2, 'id-a', 'second')]);
    const credentials = { tokenHash: 'second', previousTokenHash: undefined };
    await database.commit([credentialsReplaced({ key: keyOf('a'), name: 'a', ...credentials })]);
    expect((await loaded(database)).providers).toMatchObject([
      { cordoned: true, drainRequested: false, ...credentials },
    ]);
  });

  it('ends the history of a provider that is removed, from the state it was in', async () => {
    await database.commit([register('a'), decide('a', 'Unknown', 'Available')]);
    const removal = providerRemoved([transition('a', 'Unknown', 'Removed')]);
    expect(await database.commit([removal])).toEqual([[recorded(2, 'a', 'Available', 'Removed')]]);
    expect(await database.commit([removal])).toEqual([[]]);
    expect((await loaded(database)).providers).toEqual([]);
    await database.commit([register('a')]);
    expect((await loaded(database)).providers).toMatchObject([{ availability: 'Unknown', lastSequence: 0 }]);
  });

  it('tells when the recent transitions of a provider were, first heartbeats not counted', async () => {
    await database.commit([register('a'), decide('a', 'Unknown', 'Available')]);
    await database.commit([decide('a', 'Available', 'Unavailable'), decide('a', 'Unavailable', 'Available')]);
    const changes = async (sinceMs: number): Promise<unknown> =>
      (await loaded(database, sinceMs)).providers[0]?.changedAtMs;
    expect(await changes(AT_MS)).toEqual([AT_MS + 5, AT_MS + 5]);
    expect(await changes(AT_MS + 6)).toEqual([]);
  });
});
