import { away } from '../../test/memory.database.js';
import { ChecksFixture } from '../../test/checks/checks-fixture.js';

let fixture: ChecksFixture;

beforeEach(async () => {
  fixture = await ChecksFixture.start();
});

function idOf(port: number): string {
  return `orders:http:127.0.0.1:${port}`;
}

describe('what follows from checks', () => {
  it('removes nobody while most of them fail at once, and raises one alarm', async () => {
    const alarms: string[] = [];
    fixture.failures.alarms.subscribe(({ kind }) => alarms.push(kind));
    for (let port = 1; port <= 6; port++)
      await fixture.register('orders', { deregisterCriticalServiceAfter: 20_000 }, port);
    await fixture.pass(11_000);
    fixture.answer = (id) => (id === idOf(6) ? 'success' : 'failure');
    await fixture.pass(120_000);
    expect(fixture.services.size).toBe(6);
    expect(fixture.services.lookup('orders')).toHaveLength(1);
    expect(alarms).toEqual(['began']);
    fixture.answer = (id) => (id === idOf(1) ? 'failure' : 'success');
    await fixture.pass(130_000);
    expect(alarms).toEqual(['began', 'ended']);
    expect(fixture.services.size).toBe(5);
  });

  it('notifies nobody of a check whose parent is critical; it is run all the same', async () => {
    await fixture.define('db');
    await fixture.define('web', { parent: 'db' });
    await fixture.define('page', { parent: 'web' });
    await fixture.pass(11_000);
    fixture.answer = (id) => (id === 'db' ? 'failure' : 'success');
    await fixture.pass(11_000);
    fixture.answer = () => 'failure';
    await fixture.pass(21_000);
    const told = fixture.recorded.filter(({ to }) => to === 'Critical');
    expect(told.map(({ subject, suppressed }) => [subject, suppressed])).toEqual([
      ['db', undefined],
      [told[1]?.subject, 'parent'],
      [told[2]?.subject, 'parent'],
    ]);
  });

  it('tells late of what stays critical when its parent is well again, and not of what is well again too', async () => {
    await fixture.define('db');
    await fixture.define('web', { parent: 'db' });
    await fixture.define('page', { parent: 'db' });
    await fixture.pass(11_000);
    fixture.answer = (id) => (id === 'db' ? 'failure' : 'success');
    await fixture.pass(11_000);
    fixture.answer = () => 'failure';
    await fixture.pass(21_000);
    fixture.answer = (id) => (id === 'web' ? 'failure' : 'success');
    await fixture.pass(130_000);
    const told = fixture.recorded.filter(({ subject, suppressed }) => subject !== 'db' && !suppressed);
    expect(told.map(({ subject, from, to }) => `${subject} ${from} ${to}`).slice(2)).toEqual([
      'web Critical Critical',
    ]);
    expect(fixture.directory.get('page').status).toBe('Passing');
  });

  it('notifies nobody within a maintenance window, and goes on where it stood', async () => {
    const check = await fixture.define('db');
    await fixture.pass(11_000);
    fixture.recorder.onMaintenance(check, true);
    fixture.answer = () => 'failure';
    await fixture.pass(60_000);
    expect(check.status).toBe('Maintenance');
    fixture.recorder.onMaintenance(check, false);
    await fixture.pass(11_000);
    expect(fixture.recorded.map(({ from, to, suppressed }) => [from, to, suppressed])).toEqual([
      ['Pending', 'Passing', undefined],
      ['Passing', 'Maintenance', 'maintenance'],
      ['Maintenance', 'Passing', 'maintenance'],
      ['Passing', 'Critical', undefined],
    ]);
  });

  it('never calls a target critical that it may not look at, or could not look at', async () => {
    const check = await fixture.define('db');
    await fixture.pass(11_000);
    fixture.answer = () => 'unjudged';
    await fixture.pass(30_000);
    expect(check.status).toBe('Passing');
    fixture.answer = () => 'denied';
    await fixture.pass(300_000);
    expect(check.status).toBe('Warning');
  });

  it('tells nobody of what is not durable, and everybody once it is', async () => {
    fixture.answer = () => 'failure';
    const told: string[] = [];
    fixture.services.changed.subscribe((group) => told.push(group));
    await fixture.register('orders', {});
    const { database } = fixture;
    const transaction = database.transaction.bind(database);
    database.transaction = () => Promise.reject(away());
    told.length = 0;
    await fixture.passUnsettled(11_000);
    expect(fixture.directory.get(idOf(80)).status).toBe('Critical');
    expect(fixture.services.lookup('orders')).toEqual([]);
    expect([fixture.recorded.length, told.length]).toEqual([0, 0]);
    database.transaction = transaction;
    await fixture.pass(2_000);
    expect(fixture.recorded.map(({ to }) => to)).toEqual(['Critical']);
    expect(told).toEqual(['orders']);
  });

  it('begins anew when what it looks at changes, and goes on when only its pace does', async () => {
    await fixture.define('db');
    await fixture.pass(11_000);
    await fixture.define('db', { intervalMs: 20_000 });
    expect(fixture.directory.get('db').status).toBe('Passing');
    await fixture.define('db', { target: { kind: 'tcp', host: '127.0.0.1', port: 81 } });
    expect(fixture.directory.get('db').status).toBe('Pending');
    await fixture.settled();
    const again = await fixture.afterPowerLoss();
    expect(again.directory.get('db')).toMatchObject({
      status: 'Pending',
      definition: { intervalMs: 10_000 },
    });
  });

  it('refuses a circle of parents, a parent that is not there, and a target that the settings deny', async () => {
    await fixture.define('a');
    await fixture.define('b', { parent: 'a' });
    await expect(fixture.define('a', { parent: 'b' })).rejects.toMatchObject({ code: 'check-invalid' });
    await expect(fixture.define('c', { parent: 'nobody' })).rejects.toMatchObject({ code: 'check-invalid' });
    const target = { kind: 'tcp', host: '169.254.169.254', port: 80 } as const;
    await expect(fixture.define('c', { target })).rejects.toThrow('VITALS_CHECK_ALLOW_CIDRS');
  });

  it('is not run while it is paused', async () => {
    await fixture.define('db');
    await fixture.done(fixture.checks.pause('db', true));
    await fixture.pass(30_000);
    expect(fixture.runs).toEqual([]);
    await fixture.done(fixture.checks.pause('db', false));
    await fixture.pass(11_000);
    expect(fixture.runs).not.toEqual([]);
  });

  it('waits for a pass anew when a TTL goes on after a pause', async () => {
    const check = await fixture.define('job', { target: { kind: 'ttl' } });
    await fixture.checks.report('job', { outcome: 'success', message: 'pass' });
    await fixture.done(fixture.checks.pause('job', true));
    await fixture.pass(60_000);
    await fixture.done(fixture.checks.pause('job', false));
    await fixture.pass(9_000);
    expect(check.status).toBe('Passing');
    await fixture.pass(2_000);
    expect(check.status).toBe('Critical');
  });

  it('looks at the new pace at once when that is shorter', async () => {
    await fixture.define('db', { intervalMs: 3_600_000 });
    await fixture.done(fixture.executor.runNow(fixture.directory.get('db')));
    await fixture.define('db', { intervalMs: 10_000 });
    await fixture.pass(11_000);
    expect(fixture.runs).toHaveLength(2);
  });
});
