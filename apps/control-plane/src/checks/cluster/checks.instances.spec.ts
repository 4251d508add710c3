import { VitalsError } from '@vitals/core/errors';
import { ClusteredChecks, type CheckingInstance } from '../../../test/checks/clustered-checks.js';

const ALL = [0, 1, 2, 3];
let cluster: ClusteredChecks;
let a: CheckingInstance;
let b: CheckingInstance;

/** Two instances: `a` ticks, and `b` executes. Their wall clocks are an hour apart. */
beforeEach(async () => {
  cluster = await ClusteredChecks.of(2);
  [a, b] = cluster.instances as [CheckingInstance, CheckingInstance];
});

/** Both answer the same of a check. */
const both = (id: string) =>
  [a, b].map(({ directory }) => {
    const check = directory.find(id);
    return check && { status: check.status, results: check.results.inOrder().length, ...check.state };
  });

describe('a check of a cluster', () => {
  it('is run by the executor at each interval, once, and known to every instance', async () => {
    await cluster.define(a, 'db');
    await cluster.pass(41_000);
    expect(cluster.runs.map(({ by }) => by)).toEqual(['b', 'b', 'b', 'b']);
    const gaps = cluster.runs.slice(1).map(({ atMs }, at) => atMs - (cluster.runs[at]?.atMs ?? 0));
    expect(gaps).toEqual([10_000, 10_000, 10_000]);
    for (const known of both('db'))
      expect(known).toMatchObject({ status: 'Passing', results: 4, successes: 4 });
    expect(cluster.story('db')).toEqual(['Pending > Passing']);
  });

  it('has one verdict and one series of failures, whoever finds them', async () => {
    await cluster.define(b, 'db', { failuresBeforeWarning: 2, failuresBeforeCritical: 4 });
    await cluster.pass(12_000);
    cluster.answer = () => 'failure';
    await cluster.pass(20_000);
    expect(cluster.story('db')).toEqual(['Pending > Passing', 'Passing > Warning']);
    await cluster.assign('executors', { 0: ALL });
    await cluster.pass(21_000);
    expect(cluster.story('db').at(-1)).toBe('Warning > Critical');
    expect(new Set(cluster.runs.map(({ by }) => by))).toEqual(new Set(['a', 'b']));
    expect(both('db').map((known) => known?.failures)).toEqual([4, 4]);
  });

  it('goes on after its executor was killed, with the interval that it missed and none doubled', async () => {
    await cluster.define(a, 'db', { failuresBeforeCritical: 3, failuresBeforeWarning: 3 });
    await cluster.pass(11_000);
    cluster.answer = () => 'failure';
    await cluster.pass(10_000);
    const last = cluster.runs.at(-1)?.atMs ?? 0;
    cluster.kill(b);
    await cluster.pass(6_000);
    await cluster.assign('executors', { 0: ALL });
    await cluster.pass(30_000);
    const [next] = cluster.runs.filter(({ by }) => by === 'a');
    expect((next?.atMs ?? Infinity) - last).toBeLessThanOrEqual(16_000);
    expect(cluster.story('db').at(-1)).toBe('Passing > Critical');
  });

  it('goes on after its owner was killed, and is not run sooner for it', async () => {
    await cluster.define(b, 'db');
    await cluster.pass(15_000);
    cluster.kill(a);
    await cluster.pass(6_000);
    await cluster.assign('owners', { 1: ALL });
    await cluster.pass(40_000);
    const gaps = cluster.runs.slice(1).map(({ atMs }, at) => atMs - (cluster.runs[at]?.atMs ?? 0));
    for (const gap of gaps) {
      expect(gap).toBeGreaterThan(9_000);
      expect(gap).toBeLessThanOrEqual(16_000);
    }
    expect(b.check('db').state.successes).toBe(cluster.runs.length);
  });

  it('is not run again at once by a new owner where its result could not be written', async () => {
    await cluster.define(b, 'db');
    await cluster.pass(11_000);
    b.database.cutOff = new VitalsError('store-unavailable', 'it is away');
    while (cluster.runs.length < 2) await cluster.pass(500);
    await cluster.pass(500);
    b.database.cutOff = undefined;
    await cluster.assign('owners', { 1: ALL });
    await cluster.pass(4_000);
    expect([cluster.runs.length, b.check('db').state.successes]).toEqual([2, 1]);
    await cluster.pass(12_000);
    expect([cluster.runs.length, b.check('db').state.successes]).toEqual([3, 2]);
  });

  it('takes no verdict of an executor that the group gave up during the run', async () => {
    await cluster.define(a, 'db', { failuresBeforeCritical: 1 });
    await cluster.pass(11_000);
    let fail = (): void => undefined;
    cluster.answer = () =>
      new Promise((resolve) => {
        fail = () => resolve({ outcome: 'failure', message: 'a late one', durationMs: 9 });
      });
    await cluster.pass(11_000, () => b.check('db').run !== undefined);
    cluster.topics.group('executors').giveUp('b');
    cluster.answer = () => 'success';
    await cluster.assign('executors', { 0: ALL });
    fail();
    await cluster.pass(12_000);
    expect(cluster.story('db')).toEqual(['Pending > Passing']);
    expect(cluster.runs.at(-1)?.by).toBe('a');
    expect(both('db').map((known) => known?.failures)).toEqual([0, 0]);
  });

  it('is let go only when the run that goes on has ended, and its verdict counts', async () => {
    await cluster.define(a, 'db');
    await cluster.pass(11_000);
    let fail = (): void => undefined;
    cluster.answer = () =>
      new Promise((resolve) => {
        fail = () => resolve({ outcome: 'failure', message: 'the last one', durationMs: 9 });
      });
    await cluster.pass(11_000, () => b.check('db').run !== undefined);
    const moved = cluster.assign('executors', { 0: ALL });
    await cluster.pass(1_000);
    fail();
    await moved;
    await cluster.pass(600);
    expect(both('db').map((known) => known?.failures)).toEqual([1, 1]);
  });

  it('is judged by what another instance made of it while it was run', async () => {
    const ends: (() => void)[] = [];
    await cluster.define(a, 'db');
    await cluster.define(a, 'gone');
    await cluster.define(a, 'still');
    cluster.answer = () =>
      new Promise((resolve) => {
        ends.push(() => resolve({ outcome: 'failure', message: 'of before', durationMs: 9 }));
      });
    await cluster.pass(11_000, () => ends.length === 3);
    await cluster.define(a, 'db', { target: { kind: 'tcp', host: '127.0.0.1', port: 81 } });
    await cluster.done(a.checks.remove('gone', 'api'));
    await cluster.done(a.checks.pause('still', true));
    cluster.answer = () => 'success';
    for (const end of ends) end();
    await cluster.pass(25_000);
    expect(cluster.story('db')).toEqual(['Pending > Passing']);
    expect(cluster.story('gone')).toEqual(['Pending > Removed']);
    expect([a, b].map(({ directory }) => directory.find('gone'))).toEqual([undefined, undefined]);
    expect(cluster.runs.filter(({ id }) => id === 'still')).toHaveLength(1);
  });

  it('can be run now on any instance', async () => {
    await cluster.define(a, 'db', { intervalMs: 3_600_000 });
    cluster.answer = () => 'failure';
    await cluster.pass(1_000);
    await cluster.done(a.executor.runNow(a.check('db')));
    await cluster.pass(600);
    expect(both('db').map((known) => known?.status)).toEqual(['Critical', 'Critical']);
  });
});

describe('a service of a cluster that stays critical', () => {
  const node = { serviceId: 'orders', protocol: 'http', address: '127.0.0.1', port: 80 };
  const id = 'orders:http:127.0.0.1:80';

  it('is removed once, on every instance, though its executor and its owner change', async () => {
    const check = {
      healthPath: '/health/',
      tlsSkipVerify: false,
      interval: 10_000,
      deregisterCriticalServiceAfter: 60_000,
    };
    await cluster.done(b.registry.register({ ...node, check }, { onlyNew: false }));
    await cluster.pass(12_000);
    expect(a.services.lookup('orders')).toHaveLength(1);
    cluster.answer = () => 'failure';
    await cluster.pass(20_000);
    expect([a, b].map(({ services }) => services.lookup('orders'))).toEqual([[], []]);
    await cluster.assign('executors', { 0: ALL });
    await cluster.assign('owners', { 1: ALL });
    await cluster.pass(75_000);
    expect(cluster.story(id)).toEqual(['Pending > Passing', 'Passing > Critical', 'Critical > Removed']);
    expect([a, b].map(({ services, directory }) => [services.size, directory.size])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
