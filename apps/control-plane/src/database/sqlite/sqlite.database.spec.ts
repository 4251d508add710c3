import { describeBootFailure } from '../../start.js';
import {
  AT_MS,
  decide,
  INFO,
  keyOf,
  loaded,
  register,
  report,
  REPORT,
  SqliteFixture,
  type TestDatabase,
} from '../../../test/sqlite-fixture.js';
import { infoUpdated } from '../../providers/provider.changes.js';

let fixture: SqliteFixture;
let database: TestDatabase;

beforeEach(async () => {
  fixture = new SqliteFixture();
  database = await fixture.opened();
});

afterEach(() => fixture.close());

describe('SqliteDatabase', () => {
  it('is empty at first', async () => {
    expect(await loaded(database)).toEqual({
      fleetSize: 0,
      providers: [],
      tokens: [],
      passed: undefined,
      massFailures: [],
      settled: { provider: [], service: [] },
      reservations: [],
      lastSequence: 0,
    });
    expect(await database.transitions(0, 10)).toEqual([]);
  });

  it('gives back all that was committed, also after the power was lost', async () => {
    await database.commit([register('b'), register('a')]);
    await database.commit([
      report('a'),
      decide('a', 'Unknown', 'Available'),
      infoUpdated({ key: keyOf('b'), name: 'b', info: { ...INFO, capacity: { cpu: 4 } } }),
    ]);
    const before = [await loaded(database), await database.transitions(0, 10)];
    database = await fixture.openedAfterPowerLoss();
    expect([await loaded(database), await database.transitions(0, 10)]).toEqual(before);
    expect(before[0]).toMatchObject({
      lastSequence: 1,
      providers: [
        {
          id: 'id-a',
          info: INFO,
          ...REPORT,
          availability: 'Available',
          stateSinceMs: AT_MS + 5,
          lastSequence: 1,
        },
        {
          id: 'id-b',
          info: { capacity: { cpu: 4 } },
          phase: undefined,
          heardAtMs: undefined,
          advertisedMs: 0,
          availability: 'Unknown',
          stateSinceMs: AT_MS,
          cordoned: false,
          lastSequence: 0,
        },
      ],
    });
  });

  it('keeps all changes of a commit, or none', async () => {
    await database.commit([register('a')]);
    const taken = [register('b'), decide('a', 'Unknown', 'Available'), register('c', 1, 'id-a')];
    await expect(database.commit(taken)).rejects.toThrow(/UNIQUE/);
    const { providers, lastSequence } = await loaded(database);
    expect(providers).toMatchObject([{ registration: { name: 'a' }, availability: 'Unknown' }]);
    expect(lastSequence).toBe(0);
    await database.commit([register('b')]);
    expect((await loaded(database)).providers).toHaveLength(2);
  });

  it('refuses a second control plane on the same file, in words for a person', async () => {
    const error: unknown = await fixture.opened().catch((reason: unknown) => reason);
    expect(describeBootFailure(error)).toContain('in use by another process');
  });

  it('survives whatever a text holds', async () => {
    const name = `a'; DROP TABLE providers; -- "\u0000😀`.replace('\u0000', '');
    await database.commit([register(name), report(name)]);
    expect((await loaded(database)).providers).toMatchObject([{ registration: { name }, ...REPORT }]);
  });
});
