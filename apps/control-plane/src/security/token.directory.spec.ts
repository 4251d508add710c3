import { AT_MS, loaded, SqliteFixture, type TestDatabase } from '../../test/sqlite-fixture.js';
import { tokenGiven, tokenRevoked } from './token.directory.js';

let fixture: SqliteFixture;
let database: TestDatabase;

beforeEach(async () => {
  fixture = new SqliteFixture();
  database = await fixture.opened();
});

afterEach(() => fixture.close());

describe('The rows of tokens', () => {
  it('keeps a token until it is revoked', async () => {
    const about = { kind: 'gateway', names: ['a', 'b*'], description: 'west', hash: 'h' } as const;
    const token = { id: 't', ...about, createdAtMs: AT_MS };
    await database.commit([tokenGiven(token)]);
    expect(await loaded(database)).toMatchObject({ tokens: [token] });
    await database.commit([tokenRevoked({ id: 't' })]);
    expect(await loaded(database)).toMatchObject({ tokens: [] });
  });
});
