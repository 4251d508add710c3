import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import type { Check } from './check.js';

const ID = 'orders:http:127.0.0.1:80';
const LOOKED_AT = { interval: 10_000 };
const TTL = { healthPath: '', interval: 10_000 };

let fixture: ChecksFixture;
let told: string[];
let written: string[];

beforeEach(async () => {
  fixture = await ChecksFixture.start();
  [told, written] = [[], []];
  fixture.services.changed.subscribe((group) => told.push(group));
  const { database } = fixture;
  const transaction = database.transaction.bind(database);
  database.transaction = (run, durable) => {
    written.push('transaction');
    return transaction(run, durable);
  };
});
const check = (): Check => fixture.directory.get(ID);
const pass = (): Promise<unknown> =>
  fixture.checks.report(ID, { outcome: 'success', message: 'reported as passing' });

/** What others see of the service from now on. */
function listen(): void {
  for (const list of [told, written, fixture.recorded]) list.length = 0;
}

describe('A service that registers again exactly as it was', () => {
  it.each([
    ['passes', LOOKED_AT],
    ['is a TTL and passes', TTL],
  ])(
    'changes nothing while it %s: nothing is written, nobody is told, its results stay',
    async (_what, said) => {
      await fixture.register('orders', said);
      if (said === TTL) await pass();
      await fixture.pass(said === TTL ? 0 : 11_000);
      const { state, results } = check();
      expect(state.verdict).toBe('Passing');
      listen();
      for (let times = 0; times < 3; times++) await fixture.register('orders', said);
      expect([told, written, fixture.recorded]).toEqual([[], [], []]);
      expect([check().state, check().results]).toEqual([state, results]);
    },
  );

  it('has passed by that in no way: the deadline of its TTL stays where it was', async () => {
    await fixture.register('orders', TTL);
    await pass();
    await fixture.pass(9_000);
    await fixture.register('orders', TTL);
    await fixture.pass(900);
    expect(check().status).toBe('Passing');
    await fixture.pass(200);
    expect(check().status).toBe('Critical');
  });

  it('begins anew if it fails, with the results of before to be read', async () => {
    fixture.answer = () => 'failure';
    await fixture.register('orders', LOOKED_AT);
    await fixture.pass(11_000);
    listen();
    await fixture.register('orders', LOOKED_AT);
    expect(fixture.recorded.map(({ from, to, cause }) => [from, to, cause])).toEqual([
      ['Critical', 'Pending', 'registered again'],
    ]);
    expect([told, fixture.services.lookup('orders')?.length]).toEqual([['orders'], 1]);
    expect(check().results.last).toMatchObject({ outcome: 'failure' });
    await fixture.settled();
    const again = await fixture.afterPowerLoss();
    expect(again.directory.get(ID)).toMatchObject({ status: 'Pending', failedAtMs: undefined });
    expect(again.directory.get(ID).results.last).toMatchObject({ outcome: 'failure' });
  });

  it('stays Warning where the settings forbid to look: that is no failure of it', async () => {
    fixture.answer = () => 'denied';
    await fixture.register('orders', LOOKED_AT);
    await fixture.pass(11_000);
    listen();
    await fixture.register('orders', LOOKED_AT);
    expect([check().status, written, told]).toEqual(['Warning', [], []]);
  });

  it('stays paused: that was an operator, and not the service', async () => {
    await fixture.register('orders', LOOKED_AT);
    await fixture.pass(11_000);
    await fixture.done(fixture.checks.pause(ID, true));
    listen();
    await fixture.register('orders', LOOKED_AT);
    await fixture.register('orders', { interval: 5_000 });
    expect([check().definition.paused, check().definition.intervalMs]).toEqual([true, 5_000]);
    const runs = fixture.runs.length;
    await fixture.pass(30_000);
    expect(fixture.runs).toHaveLength(runs);
  });

  it('is found by an id without a protocol if another one at its port registered after it', async () => {
    const node = { serviceId: 'orders', address: '127.0.0.1', port: 80 };
    for (const protocol of ['http', 'https', 'http']) {
      await fixture.pass(10);
      await fixture.done(fixture.registry.register({ ...node, protocol }, { onlyNew: false }));
    }
    expect(fixture.services.find('orders:127.0.0.1:80')?.protocol).toBe('http');
  });
});

describe('A service that registers again with another check', () => {
  it('stays Passing, in the store as well, and is looked at in the new way at once', async () => {
    await fixture.register('orders', { interval: 3_600_000 });
    await fixture.done(fixture.executor.runNow(check()));
    listen();
    await fixture.register('orders', { interval: 1_800_000, healthPath: '/ready/' });
    expect([check().status, told, fixture.recorded]).toEqual(['Passing', [], []]);
    expect(check().definition).toMatchObject({
      intervalMs: 1_800_000,
      target: { url: 'http://127.0.0.1:80/ready/orders' },
    });
    const runs = fixture.runs.length;
    fixture.answer = () => 'failure';
    await fixture.pass(100);
    expect([fixture.runs.length - runs, check().status]).toEqual([1, 'Critical']);
    const again = await fixture.afterPowerLoss();
    expect(again.directory.get(ID).definition).toMatchObject({ intervalMs: 1_800_000 });
  });

  it('is not judged by a look at where it was before', async () => {
    let end: (outcome: 'failure') => void = () => undefined;
    await fixture.register('orders', LOOKED_AT);
    await fixture.pass(11_000);
    fixture.answer = async () => ({
      outcome: await new Promise<'failure'>((resolve) => (end = resolve)),
      message: 'gone',
      durationMs: 1,
    });
    await fixture.pass(10_000);
    await fixture.register('orders', { ...LOOKED_AT, healthPath: '/ready/' });
    end('failure');
    await fixture.pass(0);
    await fixture.settled();
    expect(check().status).toBe('Passing');
  });

  it('becomes a TTL that stays Passing and is given a whole interval from then on', async () => {
    await fixture.register('orders', LOOKED_AT);
    await fixture.pass(11_000);
    await fixture.register('orders', TTL);
    await fixture.pass(9_900);
    expect(check().status).toBe('Passing');
    await fixture.pass(200);
    expect(check().status).toBe('Critical');
  });

  it('is Critical in lookups, too, if it failed while that was written', async () => {
    await fixture.register('orders', TTL);
    await pass();
    await fixture.settled();
    const { database } = fixture;
    const transaction = database.transaction.bind(database);
    database.transaction = (run, durable) => {
      database.transaction = transaction;
      void fixture.checks.report(ID, { outcome: 'failure', message: 'reported as failing' });
      return transaction(run, durable);
    };
    await fixture.register('orders', { ...TTL, interval: 5_000 });
    await fixture.settled();
    expect([check().status, fixture.services.lookup('orders')]).toEqual(['Critical', []]);
  });
});

describe('A check of the API that is defined again exactly as it was', () => {
  it('changes nothing, however its members are ordered: nothing is written, its pace when failing stays', async () => {
    const target = {
      kind: 'grpc',
      host: '127.0.0.1',
      port: 80,
      service: '',
      tls: false,
      tlsSkipVerify: false,
    } as const;
    fixture.answer = () => 'failure';
    await fixture.define('db', { target });
    await fixture.pass(33_000);
    const { state } = fixture.directory.get('db');
    expect(state.executeIntervalMs).toBeGreaterThan(10_000);
    listen();
    const turned = Object.fromEntries(Object.entries(target).toReversed()) as typeof target;
    await fixture.define('db', { target: turned });
    expect([written, fixture.directory.get('db').state]).toEqual([[], state]);
  });
});
