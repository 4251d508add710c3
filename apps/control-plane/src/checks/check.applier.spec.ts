import { Logger } from '@nestjs/common';
import { DEFAULT_CHECK_POLICY } from '@vitals/core/check';
import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import { CHECK_STATES, checkDefined, CHECKS } from './check.rows.js';

const ID = 'orders:http:127.0.0.1:80';

let fixture: ChecksFixture;
let warnings: string[];

beforeEach(async () => {
  fixture = await ChecksFixture.start();
  warnings = [];
  vi.spyOn(Logger.prototype, 'warn').mockImplementation((message: unknown) => {
    warnings.push(String(message));
  });
});
afterEach(() => vi.restoreAllMocks());

/** Leaves a check of a service behind that is tied to an instance that is gone, as earlier versions could. */
async function leaveBehind(serviceKey: number): Promise<void> {
  const rest = { target: { kind: 'ttl' }, maintenance: [], labels: {}, paused: false } as const;
  const definition = { ...DEFAULT_CHECK_POLICY, ...rest, id: ID };
  const check = { key: 50, definition, source: 'service', serviceKey, createdAtMs: 0 } as const;
  await fixture.done(fixture.journal.commit(checkDefined({ check, sinceMs: 0 })));
}

async function restart(): Promise<void> {
  fixture = await fixture.afterPowerLoss();
}

const stored = (): Promise<object[]> => fixture.database.select(CHECKS, { members: ['id', 'serviceKey'] });

describe('A check of a service that is not registered', () => {
  it.each([
    ['nobody has its number', 99],
    ['another instance has its number by now', 1],
  ])('is removed at the start, from the store as well: %s', async (_, serviceKey) => {
    await fixture.register('others');
    await leaveBehind(serviceKey);
    await restart();
    expect(warnings).toEqual([`the check ${ID} is removed: its service is not registered with a check`]);
    expect([fixture.directory.size, await stored(), fixture.services.size]).toEqual([0, [], 1]);
    expect(await fixture.history.transitionsOf(ID, 10)).toMatchObject([
      { from: 'Pending', to: 'Removed', cause: 'its service is not registered' },
    ]);
    await fixture.register('orders', {});
    expect(fixture.directory.get(ID).service?.serviceId).toBe('orders');
  });

  it('is tied to its service if that has registered since, which is not shown while it is Critical', async () => {
    await fixture.register('orders', { healthPath: '' });
    // what is registered after it finds the check, and writes none of its own
    await fixture.done(fixture.database.transaction((writing) => writing.remove(CHECKS, { serviceKey: 1 })));
    await leaveBehind(99);
    await restart();
    expect(warnings).toEqual([`the check ${ID} is tied to its service again`]);
    expect(fixture.directory.get(ID)).toMatchObject({ key: 50, service: { id: ID } });
    expect(await stored()).toEqual([{ id: ID, serviceKey: 1 }]);
    await fixture.pass(11_000);
    expect(fixture.services.lookup('orders')).toEqual([]);
  });
});

describe('A transition that is decided on what the store does not hold', () => {
  it('is not recorded, which is logged, and the check goes on from what the store holds', async () => {
    const { key } = await fixture.define('db', { failuresBeforeCritical: 2 });
    await fixture.pass(11_000);
    await hold(key, 'Critical');
    fixture.answer = () => 'failure';
    await fixture.pass(10_000, () => warnings.length > 0);
    expect(warnings).toEqual([
      'db was decided to go from Passing to Warning, and is not in the store, where it is Critical',
    ]);
    expect(fixture.directory.get('db').status).toBe('Critical');
    expect(fixture.recorded.map(({ to }) => to)).toEqual(['Passing']);
    fixture.answer = () => 'success';
    await fixture.pass(11_000);
    expect(fixture.recorded.map(({ from, to }) => [from, to]).at(-1)).toEqual(['Critical', 'Passing']);
  });

  it('takes a service whose removal is not recorded for Critical, or not, as the store does', async () => {
    fixture.answer = () => 'failure';
    await fixture.register('orders', { deregisterCriticalServiceAfter: 20_000 });
    await fixture.pass(11_000);
    await hold(fixture.directory.get(ID).key, 'Passing');
    await fixture.pass(60_000, () => warnings.length > 0);
    expect(warnings[0]).toContain('go from Critical to Removed');
    expect(fixture.directory.get(ID)).toMatchObject({ status: 'Passing', leaving: false });
    expect(fixture.services.lookup('orders')).toHaveLength(1);
  });

  /** Has the store hold another state of a check than memory. */
  function hold(key: number, status: 'Critical' | 'Passing'): Promise<unknown> {
    const rows = [{ key, status }];
    return fixture.done(fixture.database.transaction((writing) => writing.patch(CHECK_STATES, rows)));
  }
});
