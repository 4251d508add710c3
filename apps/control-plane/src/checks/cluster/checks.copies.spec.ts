import { ClusteredChecks, type CheckingInstance } from '../../../test/checks/clustered-checks.js';
import { CHANGE_LOG, CHANGE_PAYLOADS } from '../../database/change.log.js';
import { CHECK_STATES, UPTIME } from '../check.rows.js';

const ALL = [0, 1, 2, 3];
let cluster: ClusteredChecks;
let a: CheckingInstance;
let b: CheckingInstance;

/** Two instances: `a` ticks, and `b` executes. */
beforeEach(async () => {
  cluster = await ClusteredChecks.of(2);
  [a, b] = cluster.instances as [CheckingInstance, CheckingInstance];
});

describe('what every instance knows of the checks of a cluster', () => {
  it('is the same, results included', async () => {
    await cluster.define(a, 'db');
    await cluster.pass(35_000);
    cluster.answer = () => 'warning';
    await cluster.pass(10_000);
    const [ofA, ofB] = [a, b].map((each) => {
      const { results, status, executedAtMs, sinceMs, state } = each.check('db');
      return { results: results.inOrder(), status, executedAtMs, sinceMs, successes: state.successes };
    });
    expect(ofA).toEqual(ofB);
    expect(ofA).toMatchObject({ status: 'Warning', successes: cluster.runs.length });
    expect(ofA?.results).toHaveLength(cluster.runs.length);
  });

  it('goes on for one that starts later, from what is durable', async () => {
    await cluster.define(a, 'db', { failuresBeforeWarning: 2, failuresBeforeCritical: 3 });
    await cluster.pass(12_000);
    cluster.answer = () => 'failure';
    await cluster.pass(20_000);
    const c = await cluster.start();
    expect(c.check('db')).toMatchObject({ status: 'Warning', state: { failures: 2 } });
    await cluster.assign('executors', { 2: ALL });
    await cluster.pass(15_000);
    expect(cluster.story('db')).toEqual(['Pending > Passing', 'Passing > Warning', 'Warning > Critical']);
    expect([a, b, c].map((each) => each.check('db').state.failures)).toEqual([3, 3, 3]);
  });

  it('is that nobody is told of a check while what it depends on is critical, also of one found in the same moment', async () => {
    await cluster.define(a, 'db', { intervalMs: 10_000 });
    await cluster.pass(600);
    await cluster.define(b, 'app', { parent: 'db' });
    await cluster.pass(12_000);
    cluster.answer = (id) => (id === 'db' ? 'failure' : 'success');
    await cluster.pass(10_000);
    cluster.answer = () => 'failure';
    await cluster.pass(10_000);
    const told = cluster.recorded.filter(({ to }) => to === 'Critical');
    expect(told.map(({ subject, suppressed }) => [subject, suppressed])).toEqual([
      ['db', undefined],
      ['app', 'parent'],
    ]);
    for (const each of [a, b]) expect(each.check('app').suppressed).toBe('parent');
  });

  it('is in which maintenance a check is, by the clock of its owner', async () => {
    const startMs = a.clock.wallMs() + 20_000;
    const window = { kind: 'once', startMs, endMs: startMs + 30_000 } as const;
    await cluster.define(b, 'db', { maintenance: [window] });
    await cluster.pass(25_000);
    expect([a, b].map((each) => each.check('db').status)).toEqual(['Maintenance', 'Maintenance']);
    await cluster.pass(30_000);
    expect([a, b].map((each) => each.check('db').status)).toEqual(['Passing', 'Passing']);
    expect(cluster.story('db').slice(1)).toEqual(['Passing > Maintenance', 'Maintenance > Passing']);
  });

  it('has each run in its uptime once, whoever ran it', async () => {
    await cluster.define(a, 'db');
    await cluster.pass(150_000);
    await cluster.assign('executors', { 0: ALL });
    await cluster.pass(200_000);
    const minutes = a.database.rows(UPTIME).filter(({ width }) => width === 'minute');
    const counted = minutes.reduce((sum, { up }) => sum + up, 0);
    expect(minutes.length).toBeGreaterThan(3);
    expect(counted).toBeLessThanOrEqual(cluster.runs.length);
    expect(counted).toBeGreaterThanOrEqual(cluster.runs.length - 12);
  });
});

describe('a service that registers again as it was', () => {
  it('is registered, though another instance has deregistered it a moment before', async () => {
    const node = { serviceId: 'orders', protocol: 'http', address: '127.0.0.1', port: 80 };
    const register = () => cluster.done(a.registry.register(node, { onlyNew: false }));
    await register();
    await cluster.pass(600);
    await cluster.done(b.registry.deregister(node));
    await register();
    await cluster.pass(600);
    expect([a, b].map(({ services }) => services.lookup('orders')?.length)).toEqual([1, 1]);
  });

  it('goes on being paused, or not, as another instance has said a moment before', async () => {
    await cluster.define(a, 'db');
    await cluster.done(a.checks.pause('db', true));
    await cluster.pass(600);
    await cluster.done(b.checks.pause('db', false));
    await cluster.done(a.checks.pause('db', true));
    await cluster.pass(600);
    expect([a, b].map((each) => each.check('db').definition.paused)).toEqual([true, true]);
  });
});

describe('a hundred checks that pass', () => {
  it('cost a command for each run, and few bytes of a commit that they share', async () => {
    for (let at = 0; at < 100; at++) await cluster.define(a, `check-${at}`);
    await cluster.pass(40_000);
    const before = {
      commands: cluster.topics.valuesOf('health-checks').length,
      changes: a.database.rows(CHANGE_LOG).length,
      runs: cluster.runs.length,
    };
    await cluster.pass(60_000);
    const runs = cluster.runs.length - before.runs;
    const commands = cluster.topics.valuesOf('health-checks').length - before.commands;
    const changes = a.database.rows(CHANGE_LOG).length - before.changes;
    const bytes = a.database
      .rows(CHANGE_PAYLOADS)
      .slice(-changes)
      .reduce((sum, { payload }) => sum + JSON.stringify(payload).length, 0);
    expect([runs, commands]).toEqual([600, 600]);
    expect(changes).toBeLessThanOrEqual(60 * 5);
    expect(bytes / runs).toBeLessThan(60);
    expect(a.database.rows(CHECK_STATES)).toHaveLength(100);
  });
});
