import { DEFAULT_CHECK_POLICY, type CheckDefinition } from '@vitals/core/check';
import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import type { AnyChange } from '../database/change.js';
import type { Database } from '../database/database.js';
import { serviceRegistered, SERVICES } from '../services/service.rows.js';
import { instantOf, removal } from './check.changes.js';
import { checkDefined, CHECKS } from './check.rows.js';

const ID = 'orders:http:127.0.0.1:80';
const NODE = { serviceId: 'orders', protocol: 'http', address: '127.0.0.1', port: 80 };

let fixture: ChecksFixture;

beforeEach(async () => {
  fixture = await ChecksFixture.start();
});

/** Has another process commit these before the next commit of this one, which is decided by then. */
function elsewhere(decide: () => readonly AnyChange[]): void {
  const { database, feed } = fixture;
  const transaction = database.transaction.bind(database);
  database.transaction = (async (run, durable) => {
    database.transaction = transaction;
    const changes = decide();
    await transaction(async (writing) => {
      for (const { kind, payload } of changes) await kind.write(writing, payload as never);
    });
    const { number } = feed;
    feed.applyForeign(changes.map(({ kind: { kindName }, payload }) => ({ number, kindName, payload })));
    return transaction(run, durable);
  }) as Database['transaction'];
}

function defined(key: number, id: string, more: Partial<CheckDefinition> = {}): AnyChange {
  const rest = { target: { kind: 'ttl' }, maintenance: [], labels: {}, paused: false } as const;
  const definition = { ...DEFAULT_CHECK_POLICY, ...rest, id, ...more };
  const check = { key, definition, source: 'api', serviceKey: undefined, createdAtMs: 0 } as const;
  return checkDefined({ check, sinceMs: 0 });
}

const stored = (): Promise<object[]> =>
  fixture.database.select(CHECKS, { members: ['key', 'id'], orderBy: ['key'] });

describe('A change of a check, after one of another process that was not known', () => {
  it('takes no number that is taken', async () => {
    elsewhere(() => [defined(1, 'theirs')]);
    await fixture.define('ours');
    expect(await stored()).toEqual([
      { key: 1, id: 'theirs' },
      { key: 2, id: 'ours' },
    ]);
  });

  it('redefines what they have defined', async () => {
    elsewhere(() => [defined(1, 'job', { target: { kind: 'ttl' } })]);
    const definition = { ...DEFAULT_CHECK_POLICY, id: 'job', maintenance: [], labels: {}, paused: false };
    const plan = () => ({ ...definition, target: { kind: 'ttl' }, intervalMs: 20_000 }) as const;
    expect(await fixture.done(fixture.checks.define('job', plan, 'api'))).toMatchObject({ created: false });
    expect(await stored()).toEqual([{ key: 1, id: 'job' }]);
    expect(fixture.directory.get('job').definition.intervalMs).toBe(20_000);
  });

  it('pauses what they have changed, and refuses what they have removed', async () => {
    const check = await fixture.define('job', { target: { kind: 'ttl' } });
    const { definition } = check;
    elsewhere(() => [
      checkDefined({
        check: { ...check.stored(), definition: { ...definition, intervalMs: 30_000 } },
        sinceMs: 0,
      }),
    ]);
    await fixture.done(fixture.checks.pause('job', true));
    expect(check.definition).toMatchObject({ paused: true, intervalMs: 30_000 });
    elsewhere(() => [removal(check, 'by them', instantOf(fixture.running))]);
    await expect(fixture.done(fixture.checks.pause('job', false))).rejects.toMatchObject({
      code: 'check-not-found',
    });
    expect(await stored()).toEqual([]);
  });

  it('refuses a parent that they made depend on it', async () => {
    const target = { kind: 'ttl' } as const;
    await fixture.define('a', { target });
    const b = await fixture.define('b', { target });
    elsewhere(() => [
      checkDefined({ check: { ...b.stored(), definition: { ...b.definition, parent: 'a' } }, sinceMs: 0 }),
    ]);
    await expect(fixture.define('a', { target, parent: 'b' })).rejects.toMatchObject({
      code: 'check-invalid',
    });
  });
});

describe('A change of a service, after one of another process that was not known', () => {
  const theirs = { ...NODE, key: 1, registeredAtMs: 0 };
  const keys = async (): Promise<number[]> => {
    const rows = await fixture.database.select(SERVICES, { members: ['key'], orderBy: ['key'] });
    return rows.map(({ key }) => key);
  };

  it('registers again what they have registered, under its key', async () => {
    elsewhere(() => [serviceRegistered(theirs)]);
    await fixture.register('orders', {});
    expect([await keys(), fixture.services.size, fixture.directory.get(ID).service?.key]).toEqual([
      [1],
      1,
      1,
    ]);
  });

  it('is refused to whoever may only register what is new', async () => {
    elsewhere(() => [serviceRegistered(theirs)]);
    const registering = fixture.registry.register(NODE, { onlyNew: true });
    await expect(fixture.done(registering)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('takes no number that is taken', async () => {
    elsewhere(() => [serviceRegistered({ ...theirs, port: 81 })]);
    await fixture.register('orders', {});
    expect(await keys()).toEqual([1, 2]);
  });

  it('registers anew what they have removed, with its check', async () => {
    await fixture.register('orders', { interval: 10_000 });
    const check = fixture.directory.get(ID);
    elsewhere(() => [removal(check, 'by them', instantOf(fixture.running))]);
    await fixture.register('orders', { interval: 20_000 });
    expect([await keys(), (await stored()).length]).toEqual([[2], 1]);
    expect(fixture.directory.get(ID)).toMatchObject({
      service: { key: 2 },
      definition: { intervalMs: 20_000 },
    });
  });

  it('is nothing if they have deregistered it', async () => {
    const node = await fixture.register('orders', {});
    const check = fixture.directory.get(ID);
    elsewhere(() => [removal(check, 'by them', instantOf(fixture.running))]);
    await fixture.done(fixture.registry.deregister(node));
    expect([await keys(), await stored()]).toEqual([[], []]);
  });
});

describe('What is written of results, after a change of another process that was not known', () => {
  it('is what is known after it', async () => {
    const check = await fixture.define('db', { failuresBeforeWarning: 9, failuresBeforeCritical: 9 });
    await fixture.pass(11_000);
    fixture.answer = () => 'failure';
    await fixture.done(fixture.executor.runNow(check));
    const definition = { ...check.definition, target: { kind: 'tcp', host: '127.0.0.1', port: 81 } } as const;
    elsewhere(() => [
      checkDefined({ check: { ...check.stored(), definition }, sinceMs: 0, bearing: 'reset' }),
    ]);
    await fixture.pass(600);
    expect((await fixture.afterPowerLoss()).directory.get('db').state.failures).toBe(0);
  });
});
