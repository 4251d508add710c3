import { setTimeout as wait } from 'node:timers/promises';
import type { RecordedTransition } from '@vitals/core/transition';
import { SystemClock } from '@vitals/core/time';
import type { Database } from '../../apps/control-plane/src/database/database.js';
import { Feed } from '../../apps/control-plane/src/database/feed.js';
import { CHANGE_LOG } from '../../apps/control-plane/src/database/change.log.js';
import { Journal } from '../../apps/control-plane/src/database/journal.js';
import { providersDecided } from '../../apps/control-plane/src/providers/provider.changes.js';
import { registered } from '../../apps/control-plane/test/registered-provider.js';
import { PostgresClient } from '../../apps/control-plane/src/database/postgres/postgres.client.js';
import { PostgresFixture } from './postgres.fixture.js';
import { FaultyNetwork } from './services/faulty.network.js';
import { startPostgres } from './services/postgres.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const service = await provideService('PostgreSQL', startPostgres);

describeWith(service)('PostgreSQL and the way to it', () => {
  const postgres = service as Service;
  const fixture = new PostgresFixture(postgres);
  let network: FaultyNetwork;
  let database: Database;
  let url: string;

  beforeEach(async () => {
    network = await FaultyNetwork.before(postgres.port);
    url = await fixture.url(network.port);
    database = await fixture.opened(url);
  });

  afterEach(async () => {
    postgres.resume();
    network.up();
    await fixture.close();
    await network.close();
  });

  /** Adds an entry to the change log. @returns its number */
  const write = (late?: (number: number) => void): Promise<number> =>
    database.transaction(async (transaction) => {
      const number = await transaction.number(CHANGE_LOG, 'number', 1);
      await transaction.insert(CHANGE_LOG, [{ number, kind: 'of-a-test', keys: [] }]);
      return number;
    }, late);

  const numbers = async (): Promise<number[]> =>
    (await database.select(CHANGE_LOG, { orderBy: ['number'] })).map(({ number }) => number);

  const endConnections = (): Promise<unknown> =>
    fixture.ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vitals'`);

  it('is connected anew when the server ended the connections', async () => {
    await write();
    await endConnections();
    await wait(100);
    expect(await write()).toBe(2);
    expect(await numbers()).toEqual([1, 2]);
  });

  it('is written to without waiting for the answer to each statement', async () => {
    await database.transaction(async (transaction) => {
      await postgres.hang();
      for (let number = 1; number <= 3; number++)
        await transaction.insert(CHANGE_LOG, [{ number, kind: 'of-a-test', keys: [] }]);
      postgres.resume();
    });
    expect(await numbers()).toEqual([1, 2, 3]);
  });

  it('is written to again after a write that did not get its turn', async () => {
    const other = new PostgresClient(url);
    await other.connect();
    await other.ask('BEGIN; SELECT FROM counters FOR UPDATE');
    const waiting = write();
    const cancel = `SELECT pg_cancel_backend(pid) AS done FROM pg_stat_activity WHERE wait_event_type = 'Lock'`;
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'store-unavailable' }),
      vi.waitFor(async () => expect(await fixture.ask(cancel)).toEqual([{ done: true }])),
    ]);
    await other.end();
    expect(await write()).toBe(1);
  });

  it('counts a commit as durable that was, though its answer never came', async () => {
    network.failAt('COMMIT', 'unanswered');
    expect(await write()).toBe(1);
    expect(await numbers()).toEqual([1]);
    expect(await write()).toBe(2);
  });

  it('counts a commit as undone that the server never got', async () => {
    network.failAt('COMMIT', 'cut');
    await expect(write()).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await numbers()).toEqual([]);
    expect(await write()).toBe(1);
  });

  it('counts a commit as undone that a crash lost, though another transaction has its id since', async () => {
    const late: number[] = [];
    // what is not committed stays in the memory of the server for longer than this takes
    await fixture.ask(`ALTER SYSTEM SET wal_writer_delay = '10s'`);
    await fixture.ask('SELECT pg_reload_conf()');
    await wait(500);
    await fixture.ask('CHECKPOINT');
    let killed: Promise<void> | undefined;
    network.failAt('COMMIT', 'cut', () => {
      // before it hears that the connection ended, and notes that
      killed = postgres.hang().then(() => postgres.kill());
      network.down();
    });
    await expect(write((number) => void late.push(number))).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    await killed;
    await postgres.start();
    await vi.waitFor(() => fixture.ask('SELECT 1'), { timeout: 10_000 });
    const direct = url.replace(`:${network.port}/`, `:${postgres.port}/`);
    for (let other = 0; other < 20; other++) await fixture.ask(`CREATE TABLE other_${other} ()`, direct);
    network.up();
    expect(await write()).toBe(1);
    expect([late, await numbers()]).toEqual([[], [1]]);
  });

  it('says of a commit, before anything else is written, that it was durable after all', async () => {
    const said: string[] = [];
    network.failAt('COMMIT', 'unanswered', () => network.down());
    const written = write((number) => void said.push(`${number} was durable`));
    await expect(written).rejects.toMatchObject({ code: 'store-unavailable' });
    await expect(write()).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(said).toEqual([]);
    network.up();
    said.push(`${await write()} follows`);
    expect(said).toEqual(['1 was durable', '2 follows']);
    expect(await numbers()).toEqual([1, 2]);
  });

  it('finds out what became of a commit, though nobody writes', async () => {
    const late: number[] = [];
    network.failAt('COMMIT', 'unanswered', () => network.down());
    await expect(write((number) => void late.push(number))).rejects.toThrow('cannot be reached');
    network.up();
    await database.tend();
    expect(late).toEqual([1]);
  });

  it('tells a transition once whose commit was durable and not answered', async () => {
    const feed = new Feed();
    const journal = new Journal(new SystemClock(), database, feed);
    const told: RecordedTransition[] = [];
    feed.recorded.subscribe((transitions) => told.push(...transitions));
    await journal.commit(registered(1, 'a', {}));
    const decided = { kind: 'provider', key: 1, subject: 'a', cause: 'silent', atMs: 1 } as const;
    network.failAt('COMMIT', 'unanswered', () => network.down());
    const recorded = journal.record(providersDecided, [{ ...decided, from: 'Unknown', to: 'Unavailable' }]);
    await expect(recorded).rejects.toMatchObject({ code: 'store-unavailable' });
    expect([told, journal.isUnsettled(providersDecided, 1)]).toEqual([[], true]);
    network.up();
    await vi.waitFor(() => journal.settle(providersDecided), { timeout: 10_000 });
    await journal.record(providersDecided, [{ ...decided, from: 'Unavailable', to: 'Available' }]);
    expect(told.map(({ sequence, to }) => [sequence, to])).toEqual([
      [1, 'Unavailable'],
      [2, 'Available'],
    ]);
  });

  it('forgets a commit that did not become durable', async () => {
    const late: number[] = [];
    network.failAt('COMMIT', 'cut', () => network.down());
    await expect(write((number) => void late.push(number))).rejects.toThrow('cannot be reached');
    network.up();
    expect(await write()).toBe(1);
    expect(late).toEqual([]);
  });

  it('is not written to by two control planes: the second does not start', async () => {
    await expect(fixture.opened(url)).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringMatching(/^DATABASE_URL: .* in use by another control plane, at 127\.0\.0\.1;/),
    });
    expect(await write()).toBe(1);
  });

  it('is given up for ever by a control plane when another has taken it over', async () => {
    await write();
    network.down();
    const other = await fixture.opened(url.replace(`:${network.port}/`, `:${postgres.port}/`));
    network.up();
    await expect(write()).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(database.fault()).toContain('in use by another control plane');
    await other.close();
    await expect(write()).rejects.toMatchObject({ code: 'store-unavailable' });
  });

  it('is given up for ever when it holds less than was acknowledged', async () => {
    await write();
    await fixture.ask(`UPDATE counters SET last = 0`, url);
    await expect(write()).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(database.fault()).toContain('is not as this control plane left it');
  });

  it('is away while the server is, and goes on with what was durable', async () => {
    await write();
    await postgres.kill();
    await expect(write()).rejects.toMatchObject({ code: 'store-unavailable', retryable: true });
    await expect(numbers()).rejects.toMatchObject({ code: 'store-unavailable' });
    await postgres.start();
    await vi.waitFor(write, { timeout: 20_000, interval: 200 });
    expect(await numbers()).toEqual([1, 2]);
  });

  it('is away while the server hangs', async () => {
    await write();
    await postgres.hang();
    await expect(Promise.all([write(), numbers()])).rejects.toMatchObject({ code: 'store-unavailable' });
    postgres.resume();
    await vi.waitFor(write, { timeout: 20_000, interval: 200 });
    expect(await numbers()).toEqual([1, 2]);
  });

  it('does not wait for a transaction that a stopped process left open', async () => {
    const stopped = database.transaction(async (transaction) => {
      await transaction.number(CHANGE_LOG, 'number', 1);
      await wait(7_000);
      await transaction.insert(CHANGE_LOG, [{ number: 1, kind: 'too-late', keys: [] }]);
    });
    await expect(stopped).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await write()).toBe(1);
  });
});
