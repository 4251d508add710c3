import { ChecksFixture } from '../../test/checks/checks-fixture.js';

const ID = 'orders:http:127.0.0.1:80';

let fixture: ChecksFixture;

beforeEach(async () => {
  fixture = await ChecksFixture.start();
});

describe('a check that is to run at another pace', () => {
  it('runs at the new interval from its last run on, where that is shorter', async () => {
    const check = await fixture.define('db', { intervalMs: 86_400_000 });
    await fixture.executor.runNow(check);
    await fixture.define('db', { intervalMs: 10_000 });
    await fixture.pass(10_100);
    expect(fixture.runs).toHaveLength(2);
  });
});

describe('a pause', () => {
  it('is no time in which a service was failing', async () => {
    fixture.answer = () => 'failure';
    await fixture.register('orders', { deregisterCriticalServiceAfter: 60_000 });
    await fixture.pass(10_000, () => fixture.runs.length === 1);
    await fixture.done(fixture.checks.pause(ID, true));
    await fixture.pass(90_000);
    await fixture.done(fixture.checks.pause(ID, false));
    await fixture.pass(50_000);
    expect(fixture.runs.length).toBeGreaterThan(1);
    expect(fixture.directory.find(ID)?.status).toBe('Critical');
    await fixture.pass(20_000);
    expect(fixture.directory.find(ID)).toBeUndefined();
  });

  it('is no silence of a TTL, and its passes count all the same', async () => {
    await fixture.register('orders', { healthPath: '', interval: 5_000 });
    await fixture.checks.report(ID, { outcome: 'success', message: 'pass' });
    await fixture.done(fixture.checks.pause(ID, true));
    await fixture.pass(20_000);
    await fixture.done(fixture.checks.pause(ID, false));
    await fixture.pass(4_900);
    expect(fixture.directory.get(ID).status).toBe('Passing');
    await fixture.pass(200);
    expect(fixture.directory.get(ID).status).toBe('Critical');
  });
});
