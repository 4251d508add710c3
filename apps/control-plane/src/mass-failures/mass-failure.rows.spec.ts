import { AT_MS, loaded, SqliteFixture, type TestDatabase } from '../../test/sqlite-fixture.js';
import { timePassed } from '../database/passed-time.js';
import { massFailuresChanged, membersSettled } from './mass-failure.rows.js';

let fixture: SqliteFixture;
let database: TestDatabase;

beforeEach(async () => {
  fixture = new SqliteFixture();
  database = await fixture.opened();
});

afterEach(() => fixture.close());

describe('The rows of mass failures', () => {
  it('keeps mass failures, what was settled of them, and the time that has passed', async () => {
    const about = { kind: 'service', beganAtMs: AT_MS, gone: 10, of: 14, quietSinceMs: 5_000 } as const;
    const [zone, all] = [
      { ...about, key: 1, zone: 'prod', endedAtMs: undefined, endedBy: undefined },
      { ...about, key: 2, zone: undefined, endedAtMs: AT_MS + 1, endedBy: 'acknowledgement' } as const,
    ];
    await database.commit([
      massFailuresChanged([zone, all]),
      membersSettled({ of: 'service', members: [{ key: 7, sinceMs: AT_MS }] }),
      membersSettled({ of: 'provider', members: [{ key: 7, sinceMs: 1 }] }),
      membersSettled({ of: 'service', members: [{ key: 8, sinceMs: AT_MS }] }),
      timePassed({ totalMs: 1, shownMs: 2 }),
      timePassed({ totalMs: 3, shownMs: 4 }),
    ]);
    expect(await loaded(database)).toMatchObject({
      massFailures: [zone, all],
      settled: { service: [{ key: 8, sinceMs: AT_MS }], provider: [{ key: 7, sinceMs: 1 }] },
      passed: { totalMs: 3, shownMs: 4 },
    });
    const late = { ...all, endedAtMs: AT_MS + 2, endedBy: 'recovery' } as const;
    await database.commit([massFailuresChanged([{ ...zone, gone: 11 }, late])]);
    expect((await loaded(database)).massFailures).toEqual([{ ...zone, gone: 11 }, all]);
  });

  it('keeps the last thousand mass failures that have ended, and whatever goes on', async () => {
    const about = { kind: 'service', zone: 'a', beganAtMs: AT_MS, gone: 4, of: 4, quietSinceMs: 0 } as const;
    const end = { endedAtMs: AT_MS, endedBy: 'recovery' } as const;
    const ongoing = { endedAtMs: undefined, endedBy: undefined };
    const failures = Array.from({ length: 1_010 }, (_, index) => ({
      ...about,
      key: index + 1,
      ...(index ? end : ongoing),
    }));
    await database.commit([massFailuresChanged(failures)]);
    const { massFailures } = await loaded(database);
    expect([massFailures.length, massFailures[0]?.key, massFailures[1]?.key]).toEqual([1_001, 1, 11]);
  });
});
