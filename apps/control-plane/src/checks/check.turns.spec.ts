import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import { away } from '../../test/memory.database.js';
import type { Database } from '../database/database.js';
import type { Check } from './check.js';

const ID = 'orders:http:127.0.0.1:80';
const TTL = { healthPath: '', interval: 3_600_000, deregisterCriticalServiceAfter: 0 };
const OLD = { kind: 'tcp', host: '127.0.0.1', port: 80 } as const;
const NEW = { ...OLD, port: 81 };

let fixture: ChecksFixture;

beforeEach(async () => {
  fixture = await ChecksFixture.start();
});
const check = (id = ID): Check => fixture.directory.get(id);

/** How each ended, all begun at once: `ok`, or the code of its refusal. */
function atOnce(...work: Promise<unknown>[]): Promise<string[]> {
  const ended = work.map((one) =>
    one.then(
      () => 'ok',
      ({ code, message }: { code?: string; message: string }) => code ?? message,
    ),
  );
  return fixture.done(Promise.all(ended));
}

/** Has this happen while the next transaction goes on, before what it writes is written. */
function within(happens: () => Promise<unknown>): void {
  const { database } = fixture;
  const transaction = database.transaction.bind(database);
  database.transaction = (async (run, durable) => {
    database.transaction = transaction;
    await happens();
    return transaction(run, durable);
  }) as Database['transaction'];
}

/** The looks at `db` wait; what is returned ends the oldest one. */
function slowLooks(): (outcome: 'failure' | 'success', message?: string) => Promise<void> {
  const waiting: ((outcome: 'failure' | 'success', message: string) => void)[] = [];
  fixture.answer = () =>
    new Promise((resolve) => {
      waiting.push((outcome, message) => resolve({ outcome, message, durationMs: 3 }));
    });
  return async (outcome, message = outcome) => {
    waiting.shift()?.(outcome, message);
    await fixture.clock.settle();
  };
}

describe('The check of a service that an operator pauses', () => {
  it('does not come back when the service is deregistered in the same moment', async () => {
    const node = await fixture.register('orders', {});
    const ended = await atOnce(fixture.registry.deregister(node), fixture.checks.pause(ID, true));
    expect([ended, fixture.directory.size]).toEqual([['ok', 'check-not-found'], 0]);
    expect((await fixture.afterPowerLoss()).directory.size).toBe(0);
  });

  it('is paused, and goes when the service is deregistered right after', async () => {
    const node = await fixture.register('orders', {});
    const ended = await atOnce(fixture.checks.pause(ID, true), fixture.registry.deregister(node));
    expect([ended, fixture.directory.size]).toEqual([['ok', 'ok'], 0]);
    expect((await fixture.afterPowerLoss()).directory.size).toBe(0);
  });

  it.each(['the pause', 'the service'])('keeps what both say at once, %s first', async (first) => {
    await fixture.register('orders', { interval: 10_000 });
    const pause = (): Promise<unknown> => fixture.checks.pause(ID, true);
    const register = (): Promise<unknown> => fixture.register('orders', { interval: 20_000 });
    const both = first === 'the pause' ? [pause(), register()] : [register(), pause()];
    expect(await atOnce(...both)).toEqual(['ok', 'ok']);
    expect(check().definition).toMatchObject({ paused: true, intervalMs: 20_000 });
    const again = await fixture.afterPowerLoss();
    expect(again.directory.get(ID).definition).toMatchObject({ paused: true, intervalMs: 20_000 });
  });
});

describe('A check whose target changes while a look at the old one goes on', () => {
  it('is not judged by what comes back while that is written, and goes on alike in memory and store', async () => {
    const end = slowLooks();
    await fixture.define('db', { target: OLD });
    void fixture.executor.runNow(check('db'));
    within(() => end('success'));
    await fixture.define('db', { target: NEW });
    await fixture.settled();
    expect([check('db').status, check('db').results.last, fixture.recorded]).toEqual([
      'Pending',
      undefined,
      [],
    ]);
    void fixture.executor.runNow(check('db'));
    await end('failure');
    await fixture.settled();
    expect(fixture.recorded.map(({ from, to }) => [from, to])).toEqual([['Pending', 'Critical']]);
    expect((await fixture.afterPowerLoss()).directory.get('db').status).toBe('Critical');
  });

  it('is looked at anew at once, and answers whoever asks with what the new one says', async () => {
    const end = slowLooks();
    await fixture.define('db', { target: OLD });
    const before = fixture.executor.runNow(check('db'));
    await fixture.define('db', { target: NEW });
    const after = fixture.executor.runNow(check('db'));
    await end('success', 'the old one');
    expect(check('db').results.last).toBeUndefined();
    await end('failure', 'the new one');
    expect((await after)?.message).toBe('the new one');
    expect((await before)?.message).toBe('the new one');
    expect(check('db').results.inOrder()).toHaveLength(1);
    expect([fixture.runs.length, check('db').status]).toEqual([2, 'Critical']);
  });

  it('is not passed over by its schedule for the run of before', async () => {
    const end = slowLooks();
    await fixture.define('db', { target: OLD });
    await fixture.pass(11_000);
    await fixture.define('db', { target: NEW });
    await fixture.pass(11_000);
    expect([fixture.runs.length, fixture.executor.counts.overlapping]).toEqual([2, 0]);
    await end('success');
    expect(check('db').status).toBe('Pending');
  });

  it('is judged by what came back meanwhile if the change is refused', async () => {
    const end = slowLooks();
    await fixture.define('db', { target: OLD });
    void fixture.executor.runNow(check('db'));
    within(async () => {
      await end('success');
      throw away();
    });
    expect(await atOnce(fixture.define('db', { target: NEW }))).toEqual(['store-unavailable']);
    expect(check('db').status).toBe('Passing');
  });
});

describe('A maintenance window that opens while a check is given another target', () => {
  it('is opened after that, so that the check begins anew, and is in maintenance then', async () => {
    const startMs = fixture.clock.wallMs() + 12_000;
    const maintenance = [{ kind: 'once', startMs, endMs: startMs + 60_000 }] as const;
    await fixture.define('db', { target: OLD, maintenance });
    await fixture.pass(11_000);
    within(() => fixture.passUnsettled(2_000));
    await fixture.define('db', { target: NEW, maintenance });
    await fixture.settled();
    expect(fixture.recorded.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'Pending Passing',
      'Passing Pending',
      'Pending Maintenance',
    ]);
    const again = (await fixture.afterPowerLoss()).directory.get('db');
    expect([again.status, again.state.verdict]).toEqual(['Maintenance', 'Pending']);
  });
});

describe('A TTL that is changed', () => {
  it('takes what is reported meanwhile after that', async () => {
    await fixture.register('orders', TTL);
    await fixture.done(fixture.checks.report(ID, { outcome: 'failure', message: 'fail' }));
    let reported: Promise<unknown> | undefined;
    within(async () => {
      reported = fixture.checks.report(ID, { outcome: 'success', message: 'pass' });
    });
    await fixture.register('orders', TTL);
    await fixture.done(reported as Promise<unknown>);
    await fixture.settled();
    expect(fixture.recorded.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'Pending Critical',
      'Critical Pending',
      'Pending Passing',
    ]);
    expect((await fixture.afterPowerLoss()).directory.get(ID).status).toBe('Passing');
  });

  it('is not found silent while that is written', async () => {
    await fixture.register('orders', { ...TTL, interval: 10_000 });
    await fixture.done(fixture.checks.report(ID, { outcome: 'failure', message: 'fail' }));
    within(() => fixture.passUnsettled(11_000));
    await fixture.register('orders', { ...TTL, interval: 10_000 });
    await fixture.pass(9_000);
    expect([check().status, check().state.failures]).toEqual(['Pending', 0]);
    await fixture.pass(2_000);
    expect(check().status).toBe('Critical');
  });

  it('refuses a report if it is removed meanwhile', async () => {
    await fixture.define('job', { target: { kind: 'ttl' } });
    let reported: Promise<string[]> | undefined;
    within(async () => {
      reported = atOnce(fixture.checks.report('job', { outcome: 'success', message: 'pass' }));
    });
    await fixture.done(fixture.checks.remove('job', 'api'));
    expect(await reported).toEqual(['check-not-found']);
  });
});

describe('What is written of the results of a check', () => {
  it('is not written over by a transition that was decided before', async () => {
    const job = await fixture.define('job', {
      target: { kind: 'ttl' },
      intervalMs: 3_600_000,
      failuresBeforeCritical: 4,
    });
    const report = (outcome: 'failure' | 'success' | 'warning'): Promise<unknown> =>
      fixture.done(fixture.checks.report('job', { outcome, message: outcome }));
    await report('success');
    await fixture.pass(1_000);
    const { database } = fixture;
    const transaction = database.transaction.bind(database);
    database.transaction = () => Promise.reject(away());
    await report('warning');
    for (let times = 0; times < 3; times++) await report('failure');
    await fixture.passUnsettled(300);
    database.transaction = transaction;
    await fixture.pass(3_000);
    const again = (await fixture.afterPowerLoss()).directory.get('job');
    expect([again.status, again.state.failures, job.state.failures]).toEqual(['Warning', 3, 3]);
    expect(again.results.inOrder()).toHaveLength(5);
  });

  it('does not follow a new registration that forgave it, from before', async () => {
    await fixture.register('orders', TTL);
    await fixture.done(fixture.checks.report(ID, { outcome: 'failure', message: 'fail' }));
    within(() => fixture.passUnsettled(1_000));
    await fixture.register('orders', TTL);
    await fixture.pass(3_000);
    const again = (await fixture.afterPowerLoss()).directory.get(ID);
    expect([again.status, again.state.failures, again.failedAtMs]).toEqual(['Pending', 0, undefined]);
  });
});
