import {
  AT_MS,
  loaded,
  register,
  SqliteFixture,
  type TestDatabase,
  transition,
} from '../../test/sqlite-fixture.js';
import { providerRemoved } from '../providers/provider.changes.js';
import { reservationEnded, reservationMade, reservationsDropped } from './reservation.rows.js';

let fixture: SqliteFixture;
let database: TestDatabase;

beforeEach(async () => {
  fixture = new SqliteFixture();
  database = await fixture.opened();
});

afterEach(() => fixture.close());

describe('Reservations', () => {
  it('are kept until they end, and those of a provider as long as it', async () => {
    const held = { provider: 'a', resources: { cpu: 2 }, confirmed: false, expiresAtMs: AT_MS + 1 };
    const [first, second] = [
      { id: 'r', ...held, expiresPassedMs: 7_000, createdAtMs: AT_MS },
      { id: 's', ...held, expiresPassedMs: undefined, createdAtMs: AT_MS },
    ];
    await database.commit([
      register('a'),
      reservationMade(first),
      reservationMade(second),
      reservationMade({ ...first, confirmed: true }),
    ]);
    expect(await loaded(database)).toMatchObject({ reservations: [{ ...first, confirmed: true }, second] });
    await database.commit([reservationEnded({ id: 'r' })]);
    expect(await loaded(database)).toMatchObject({ reservations: [second] });
    await database.commit([
      providerRemoved([transition('a', 'Unknown', 'Removed')]),
      reservationsDropped({ provider: 'a' }),
    ]);
    expect((await loaded(database)).reservations).toEqual([]);
  });
});
