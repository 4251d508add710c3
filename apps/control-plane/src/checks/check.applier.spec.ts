import { Logger } from '@nestjs/common';
import { DEFAULT_CHECK_POLICY } from '@vitals/core/check';
import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import { checkDefined, CHECKS } from './check.rows.js';

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
