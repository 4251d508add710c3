import { ChecksFixture } from '../../test/checks/checks-fixture.js';

const ID = 'orders:http:127.0.0.1:80';

let fixture: ChecksFixture;

beforeEach(async () => {
  fixture = await ChecksFixture.start();
});

/** Seconds at which the check ran. */
function ranAt(): number[] {
  return fixture.runs.map(({ atMs }) => Math.round(atMs / 10) / 100);
}

describe('a check of a service', () => {
  it('is run every interval, and passes', async () => {
    await fixture.register('orders', {});
    await fixture.pass(35_000);
    const [first = 0, ...others] = ranAt();
    expect(first).toBeLessThan(10.05);
    expect(
      others.map((at, index) => at - first - 10 * (index + 1)).every((off) => Math.abs(off) < 0.05),
    ).toBe(true);
    expect(fixture.recorded.map(({ from, to }) => `${from}>${to}`)).toEqual(['Pending>Passing']);
    expect(fixture.services.lookup('orders')).toHaveLength(1);
  });

  it('is run less and less often while it fails, and removed just after its time is over', async () => {
    fixture.answer = () => 'failure';
    await fixture.register('orders', {});
    await fixture.pass(10_000, () => fixture.runs.length === 1);
    const [first = 0] = ranAt();
    await fixture.pass(125_000);
    expect(ranAt().map((at) => Math.round(at - first))).toEqual([0, 20, 60, 120]);
    expect(fixture.recorded.map(({ from, to }) => `${from}>${to}`)).toEqual([
      'Pending>Critical',
      'Critical>Removed',
    ]);
    expect([fixture.directory.size, fixture.services.size, fixture.scheduler.size]).toEqual([0, 0, 0]);
  });

  it('is not shown while it is critical, and shown again when it passes', async () => {
    fixture.answer = () => 'failure';
    await fixture.register('orders', {});
    await fixture.pass(11_000);
    expect(fixture.services.lookup('orders')).toEqual([]);
    fixture.answer = () => 'success';
    await fixture.pass(21_000);
    expect(fixture.services.lookup('orders')).toHaveLength(1);
  });

  it('begins anew when the service registers again', async () => {
    fixture.answer = () => 'failure';
    await fixture.register('orders', {});
    await fixture.pass(11_000);
    await fixture.register('orders', {});
    expect(fixture.directory.get(ID).status).toBe('Pending');
    expect(fixture.services.lookup('orders')).toHaveLength(1);
    expect(fixture.recorded.map(({ to }) => to)).toEqual(['Critical', 'Pending']);
    await fixture.pass(11_000);
    expect(fixture.recorded.map(({ to }) => to)).toEqual(['Critical', 'Pending', 'Critical']);
  });

  it('ends with the service', async () => {
    const node = await fixture.register('orders', {});
    await fixture.pass(11_000);
    await fixture.done(fixture.registry.deregister(node));
    expect([fixture.directory.size, fixture.services.size, fixture.scheduler.size]).toEqual([0, 0, 0]);
    expect(fixture.recorded.at(-1)).toMatchObject({
      from: 'Passing',
      to: 'Removed',
      kind: 'service',
      subject: ID,
    });
  });

  it('ends when the service registers again without one', async () => {
    await fixture.register('orders', {});
    await fixture.pass(11_000);
    await fixture.register('orders');
    expect([fixture.directory.size, fixture.services.size]).toEqual([0, 1]);
  });

  it('fails exactly an interval after the last pass of a TTL', async () => {
    await fixture.register('orders', { healthPath: '', interval: 5_000 });
    await fixture.pass(3_000);
    await fixture.checks.report(ID, { outcome: 'success', message: 'pass' });
    await fixture.pass(12_000);
    expect(fixture.story(ID)).toEqual(['3 Passing', '8 Critical']);
    await fixture.checks.report(ID, { outcome: 'success', message: 'pass' });
    expect(fixture.directory.get(ID).status).toBe('Passing');
  });

  it('goes on after a restart: what was critical stays so, an outage removes nobody, passes are waited for anew', async () => {
    fixture.answer = (id) => (id === ID ? 'failure' : 'success');
    await fixture.register('orders', {});
    await fixture.register('mail', { healthPath: '', interval: 5_000 }, 81);
    await fixture.pass(4_000);
    await fixture.checks.report('mail:http:127.0.0.1:81', { outcome: 'success', message: 'pass' });
    await fixture.pass(7_000);
    await fixture.checks.report('mail:http:127.0.0.1:81', { outcome: 'success', message: 'pass' });
    await fixture.settled();
    fixture.clock.jump(3_600_000);
    const again = await fixture.afterPowerLoss();
    again.answer = () => 'failure';
    expect([again.directory.size, again.services.size]).toEqual([2, 2]);
    expect(again.directory.get(ID).status).toBe('Critical');
    expect(again.services.lookup('orders')).toEqual([]);
    await again.pass(4_900);
    expect(again.directory.get('mail:http:127.0.0.1:81').status).toBe('Passing');
    await again.pass(60_000);
    expect(again.directory.find(ID)?.status).toBe('Critical');
    expect(again.recorded.map(({ subject, to }) => `${subject} ${to}`)).toEqual([
      'mail:http:127.0.0.1:81 Critical',
    ]);
    await again.pass(60_000);
    expect(again.directory.find(ID)).toBeUndefined();
  });
});
