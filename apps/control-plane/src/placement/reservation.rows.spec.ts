import {
  AT_MS,
  keyOf,
  loaded,
  register,
  registerAs,
  SqliteFixture,
  type TestDatabase,
  transition,
} from '../../test/sqlite-fixture.js';
import { providerRemoved } from '../providers/provider.changes.js';
import {
  type NewReservation,
  reservationEnded,
  reservationsConfirmed,
  reservationsDropped,
  reservationsMade,
} from './reservation.rows.js';

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
      reservationsMade([first, second].map((reservation) => ({ reservation, providerKey: keyOf('a') }))),
      reservationsConfirmed(['r']),
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

  it('neither begin nor come back once their provider is gone, also if its name is taken again', async () => {
    const held = { provider: 'a', resources: { cpu: 2 }, confirmed: false, expiresAtMs: AT_MS + 1 };
    const [first, second] = ['r', 's'].map((id) => ({
      reservation: { id, ...held, expiresPassedMs: 7_000, createdAtMs: AT_MS },
      providerKey: keyOf('a'),
    })) as [NewReservation, NewReservation];
    await database.commit([register('a'), reservationsMade([first])]);
    await database.commit([
      providerRemoved([transition('a', 'Unknown', 'Removed')]),
      reservationsDropped({ provider: 'a' }),
      registerAs(keyOf('z'), 'a'),
      reservationsConfirmed(['r']),
      reservationsMade([second]),
    ]);
    expect((await loaded(database)).reservations).toEqual([]);
  });
});
