import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import { away } from '../../test/memory.database.js';
import { MAX_REMEMBERED, REMEMBERED_MS } from './remembered.services.js';
import { readRemembered } from './service.rows.js';
import type { ServiceInstance } from './service.instance.js';

const ID = 'orders:http:127.0.0.1:80';
const TTL = { healthPath: '', interval: 10_000, deregisterCriticalServiceAfter: 20_000 };

let fixture: ChecksFixture;
let told: string[];

beforeEach(async () => {
  fixture = await ChecksFixture.start();
  told = [];
  fixture.services.changed.subscribe((group) => told.push(group));
});
/** Registers a service whose check fails until it is removed. */
async function removed(check: object = TTL): Promise<void> {
  fixture.answer = () => 'failure';
  await fixture.register('orders', check);
  await fixture.pass(60_000);
  expect(fixture.services.find(ID)).toBeUndefined();
  told.length = 0;
  fixture.recorded.length = 0;
}

const restore = (id = ID): Promise<ServiceInstance | undefined> => fixture.done(fixture.registry.restore(id));

async function restarted(): Promise<void> {
  await fixture.done(fixture.remembered.age());
  fixture = await fixture.afterPowerLoss();
}

/** What the store remembers. */
async function kept(): Promise<readonly string[]> {
  const all = await readRemembered(fixture.database);
  return all.map(({ service: { serviceId } }) => serviceId);
}

/** Time that passes while the control plane looks at its clock. */
async function live(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    fixture.clock.jump(Math.min(250, ms - passed));
    fixture.running.nowMs();
  }
}

describe('A service that was removed because it failed', () => {
  it('is restored by its next pass as it was: one transition, its group is told, and it is Passing', async () => {
    await removed();
    expect((await restore())?.id).toBe(ID);
    expect(fixture.recorded.map(({ kind, from, to, cause }) => [kind, from, to, cause])).toEqual([
      ['service', 'Removed', 'Passing', 'it had been removed for its failures, and passes'],
    ]);
    expect([told, fixture.services.lookup('orders')?.map(({ port }) => port)]).toEqual([['orders'], [80]]);
    expect(fixture.directory.get(ID)).toMatchObject({
      status: 'Passing',
      source: 'service',
      definition: { intervalMs: 10_000, deregisterAfterMs: 20_000 },
    });
    expect(await kept()).toEqual([]);
    await fixture.pass(11_000);
    expect(fixture.directory.get(ID).status).toBe('Critical');
  });

  it.each(['orders:127.0.0.1:80', 'orders:HTTP:127.0.0.1:80'])('is known by the id %s', async (id) => {
    await removed();
    expect((await restore(id))?.id).toBe(ID);
  });

  it('is restored after a restart, and stays restored over another', async () => {
    await removed();
    await restarted();
    expect(await kept()).toEqual(['orders']);
    expect((await restore())?.id).toBe(ID);
    await restarted();
    expect([fixture.directory.get(ID).status, await kept()]).toEqual(['Passing', []]);
  });

  it('takes no number of another node when it is restored', async () => {
    await removed();
    await restarted();
    await fixture.register('orders', {}, 81);
    expect((await restore())?.key).not.toBe(fixture.services.find('orders:127.0.0.1:81')?.key);
  });

  it('is restored once, however many passes come at a time', async () => {
    await removed();
    await fixture.done(Promise.all([1, 2, 3].map(() => fixture.registry.restore(ID))));
    expect([fixture.recorded.length, told, fixture.services.size]).toEqual([1, ['orders'], 1]);
  });

  it('is not restored by halves: what cannot be written leaves it removed, and the next pass restores it', async () => {
    await removed();
    const { database } = fixture;
    const transaction = database.transaction.bind(database);
    database.transaction = () => Promise.reject(away());
    await expect(restore()).rejects.toMatchObject({ code: 'store-unavailable' });
    expect([fixture.services.size, told, fixture.directory.size]).toEqual([0, [], 0]);
    database.transaction = transaction;
    expect((await restore())?.id).toBe(ID);
  });

  it('is looked at at once where it is looked at, and Pending until then: nobody says of itself that it answers', async () => {
    await removed({ interval: 10_000, deregisterCriticalServiceAfter: 20_000 });
    await restore();
    expect(fixture.recorded.map(({ from, to }) => [from, to])).toEqual([['Removed', 'Pending']]);
    fixture.answer = () => 'success';
    const runs = fixture.runs.length;
    await fixture.pass(100);
    expect([fixture.runs.length - runs, fixture.directory.get(ID).status]).toEqual([1, 'Passing']);
  });

  it('is not remembered any more once it was deregistered, or has registered anew', async () => {
    await removed();
    const node = { serviceId: 'orders', protocol: 'http', address: '127.0.0.1', port: 80 };
    await fixture.done(fixture.registry.deregister(node));
    expect([await restore(), await kept()]).toEqual([undefined, []]);
    await removed();
    await fixture.register('orders', { ...TTL, interval: 1_000 });
    expect([fixture.remembered.size, await kept()]).toEqual([0, []]);
    await fixture.done(fixture.registry.deregister(node));
    expect(await restore()).toBeUndefined();
  });

  it('is remembered for a day that passed, restarts included, whatever the wall clock says', async () => {
    await removed();
    await live(REMEMBERED_MS / 2);
    await restarted();
    fixture.clock.setWall(0);
    await live(REMEMBERED_MS / 2 - 600_000);
    expect(fixture.remembered.find(ID)?.serviceId).toBe('orders');
    await live(600_001);
    expect(await restore()).toBeUndefined();
    await fixture.done(fixture.remembered.age());
    expect([fixture.remembered.size, await kept()]).toEqual([0, []]);
  });

  it('makes room for those that were removed after it, beyond the most that are remembered', async () => {
    await removed();
    const { stored } =
      (await fixture.register('x', TTL, 81), fixture.services.find('x:127.0.0.1:81') as ServiceInstance);
    for (let port = 1; port <= MAX_REMEMBERED; port++)
      fixture.remembered.remember({ ...stored, serviceId: 'y', port });
    expect([fixture.remembered.size, fixture.remembered.find(ID)]).toEqual([MAX_REMEMBERED, undefined]);
  });
});

describe('Who was removed by somebody', () => {
  it('is not remembered', async () => {
    const node = await fixture.register('orders', TTL);
    await fixture.done(fixture.registry.deregister(node));
    await fixture.register('orders', TTL);
    await fixture.register('orders');
    await fixture.done(fixture.registry.deregister(node));
    expect([await restore(), await kept()]).toEqual([undefined, []]);
  });
});

describe('A removal for failures that a registration has overtaken', () => {
  it('removes nothing from the store: a restart finds the service', async () => {
    fixture.answer = () => 'failure';
    await fixture.register('orders', TTL);
    await fixture.pass(25_000);
    const { database } = fixture;
    const transaction = database.transaction.bind(database);
    database.transaction = async (run, durable) => {
      database.transaction = transaction;
      await fixture.passUnsettled(20_000);
      return transaction(run, durable);
    };
    await fixture.register('orders', TTL);
    await fixture.settled();
    expect(fixture.services.find(ID)).toBeDefined();
    await restarted();
    expect([fixture.services.find(ID)?.id, await kept()]).toEqual([ID, []]);
  });
});
