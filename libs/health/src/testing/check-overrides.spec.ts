import { HealthRegistry, HealthStatus } from '../index.js';
import { ADAPTERS } from '../../test/health-app.js';
import { runs, startTested } from '../../test/tested-app.js';
import { HealthTesting } from './health-testing.js';

const stateOf = async (health: HealthTesting, check: string) => (await health.result(check)).state;

describe('An override', () => {
  it.each<[string, string, Parameters<HealthTesting['override']>[1], object]>([
    ['a status', 'diskspace', HealthStatus.down('gone'), { state: 'DOWN', reason: 'gone', attributes: {} }],
    ['a boolean', 'diskspace', false, { state: 'DOWN', reason: 'the check returned false' }],
    [
      'a function',
      'Checks#disk',
      () => Promise.resolve(HealthStatus.degraded('slow')),
      { state: 'DEGRADED', reason: 'slow' },
    ],
    ['a function that throws', 'diskspace', () => Promise.reject(new Error('broken')), { reason: 'broken' }],
  ])(
    'with %s holds instead of the check, under its name and in its places',
    async (_what, check, result, told) => {
      const { health } = await startTested();
      health.override(check, result);
      expect(await health.result(check)).toMatchObject({ id: 'Checks#disk', name: 'diskspace', ...told });
      const report = await health.report({ kind: 'readiness' });
      expect(report.checks.map(({ name }) => name)).toEqual(['diskspace', 'twin']);
      expect(runs.disk).toBe(0);
    },
  );

  it.each(ADAPTERS)('is seen over HTTP on %s', async (_adapterName, adapter) => {
    const { app, health } = await startTested(new HealthTesting(), adapter);
    health.override('diskspace', HealthStatus.down('gone').withAttribute('freebytes', 0));
    await app.listen(0, '127.0.0.1');
    const answer = await fetch(`${await app.getUrl()}/health/ready`);
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      { checks: [{ name: 'diskspace', status: 'DOWN', data: { freebytes: 0, reason: 'gone' } }, {}] },
    ]);
  });

  it('is taken back by what it returned, once, and in whatever order', async () => {
    const { health } = await startTested();
    const first = health.override('diskspace', HealthStatus.down('first'));
    const second = health.override('Checks#disk', HealthStatus.down('second'));
    const third = health.override('diskspace', HealthStatus.down('third'));
    const reason = async () => (await health.result('diskspace')).reason;
    expect(await reason()).toBe('third');
    second();
    expect(await reason()).toBe('third');
    third();
    expect(await reason()).toBe('first');
    third();
    expect(await reason()).toBe('first');
    first();
    expect(await reason()).toBeUndefined();
    expect(runs.disk).toBe(1);
  });

  it('is taken back, with all others, by restore', async () => {
    const { health } = await startTested();
    for (const check of ['diskspace', 'queue', 'price', 'price']) health.override(check, false);
    expect((await health.report()).state).toBe('DOWN');
    health.restore();
    expect(await health.report()).toMatchObject({ state: 'UP', checks: [{}, {}, {}, {}, {}] });
    expect(runs).toEqual({ disk: 1, queue: 2, price: 1 });
  });

  it.each(['queue', 'price'])(
    'is what the next request is told, of a check that is remembered too: %s',
    async (check) => {
      const { health } = await startTested();
      expect(await stateOf(health, check)).toBe('UP');
      const restore = health.override(check, false);
      expect(await stateOf(health, check)).toBe('DOWN');
      restore();
      expect(await stateOf(health, check)).toBe('UP');
    },
  );

  it('made before the app is initialised holds from the first run on', async () => {
    const health = new HealthTesting();
    health.override('queue', false);
    await startTested(health);
    expect(await stateOf(health, 'queue')).toBe('DOWN');
    await health.advance('1m');
    expect(runs.queue).toBe(0);
  });

  it('reaches checks that are registered while the app runs', async () => {
    const { app, health } = await startTested();
    const registry = app.get(HealthRegistry);
    registry.register('late', {}, () => true);
    health.override('late', false);
    registry.remove('late');
    registry.register('late', {}, () => true);
    expect(await stateOf(health, 'late')).toBe('DOWN');
    health.restore();
    expect(await stateOf(health, 'late')).toBe('UP');
  });

  const KNOWN =
    'there are diskspace (Checks#disk), queue (Checks#queue), price (Checks#price), twin (Checks#loop), twin (Checks#pool)';

  it('of an unknown name is refused, with the names that there are', async () => {
    const { health } = await startTested();
    expect(() => health.override('disk', false)).toThrow(`there is no health check "disk"; ${KNOWN}`);
    await expect(health.result('disk')).rejects.toThrow(KNOWN);
  });

  it('of an unknown name, made before the app is initialised, fails its initialisation', async () => {
    const health = new HealthTesting();
    health.override('disk', false);
    await expect(startTested(health)).rejects.toThrow(`there is no health check "disk"; ${KNOWN}`);
  });

  it('of a name that several checks have is refused, with their identities', async () => {
    const { health } = await startTested();
    expect(() => health.override('twin', false)).toThrow(
      '"twin" is the name of several health checks: Checks#loop, Checks#pool; give the identity',
    );
    health.override('Checks#loop', false);
    expect((await health.report({ kind: 'liveness' })).state).toBe('DOWN');
    expect((await health.report({ kind: 'readiness' })).state).toBe('UP');
  });
});
