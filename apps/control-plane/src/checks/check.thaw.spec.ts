import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import { SqliteFixture } from '../../test/sqlite-fixture.js';

let files: SqliteFixture;
let fixture: ChecksFixture;

beforeEach(async () => {
  files = new SqliteFixture();
  fixture = await ChecksFixture.started(await files.opened());
});

afterEach(() => files.close());

describe('the end of a mass failure', () => {
  it('removes no TTL that has had no time to say that it is well again, and then those that say nothing', async () => {
    const removal = { deregisterCriticalServiceAfter: 60_000 };
    for (let port = 1; port <= 6; port++) await fixture.register('orders', removal, port);
    for (const port of [7, 8]) {
      await fixture.register('orders', { ...removal, healthPath: '', interval: 30_000 }, port);
    }
    const pass = (port: number) =>
      void fixture.checks.report(`orders:http:127.0.0.1:${port}`, { outcome: 'success', message: 'pass' });
    await fixture.pass(15_000);
    fixture.answer = () => 'failure';
    await fixture.pass(175_000);
    expect(fixture.services.size).toBe(8);
    fixture.answer = () => 'success';
    await fixture.pass(120_000, () => fixture.services.lookup('orders')?.length === 4);
    await fixture.pass(25_000);
    pass(7);
    expect(fixture.services.size).toBe(8);
    await fixture.pass(10_000);
    expect(fixture.directory.find('orders:http:127.0.0.1:8')).toBeUndefined();
    expect(fixture.directory.get('orders:http:127.0.0.1:7').status).toBe('Passing');
  });
});
