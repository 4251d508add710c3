import { Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { HealthModule, HealthStatus } from '../index.js';
import { runs, startTested, TestedModule } from '../../test/tested-app.js';
import { HealthTesting } from './health-testing.js';

const stateOf = async (health: HealthTesting, check: string) => (await health.result(check)).state;

describe('Time in a test', () => {
  it('stands still until it is moved', async () => {
    const { health } = await startTested();
    const [first, second] = [await health.result('price'), await health.result('price')];
    expect([first.ageMs, second.ageMs, second.checkedAtMs]).toEqual([0, 0, Date.UTC(2026, 0, 1)]);
  });

  it('moves background checks, which run when they are due', async () => {
    const { health } = await startTested();
    expect(runs.queue).toBe(1);
    await health.advance('30s');
    expect(runs.queue).toBe(4);
    await health.advance(9_999);
    expect(await health.result('queue')).toMatchObject({ ageMs: 9_999 });
    expect(runs.queue).toBe(4);
  });

  it('makes cached results old, and then they are found anew', async () => {
    const { health } = await startTested();
    await health.result('price');
    await health.advance('4m');
    expect(await health.result('price')).toMatchObject({ ageMs: 240_000 });
    await health.advance('1m');
    expect(await health.result('price')).toMatchObject({ ageMs: 0 });
    expect(runs.price).toBe(2);
  });

  it('makes a hanging check time out', async () => {
    const { health } = await startTested();
    health.override('diskspace', () => new Promise(() => undefined));
    const asked = health.result('diskspace');
    await health.advance('800ms');
    expect(await asked).toMatchObject({ state: 'DOWN', reason: 'timed out after 800 ms' });
  });

  it('makes a background check stale whose run does not end, without being asked', async () => {
    const { health } = await startTested();
    let well = true;
    health.override('queue', () => (well ? true : new Promise(() => undefined)));
    await health.result('queue');
    well = false;
    await health.advance('59s');
    expect(health.changes).toEqual([]);
    await health.advance('2s');
    expect(health.changes).toMatchObject([{ name: 'queue', from: 'UP', to: 'DOWN', reason: 'stale' }]);
    expect(await health.result('queue')).toMatchObject({ state: 'DOWN', reason: 'stale', ageMs: 61_000 });
  });
});

describe('A shutdown in a test', () => {
  @Module({ imports: [HealthModule.forRoot({ drain: '10m' })] })
  class DrainingModule {}

  const startDraining = async () => {
    const health = new HealthTesting();
    const module = await health.install(Test.createTestingModule({ imports: [DrainingModule] })).compile();
    return { app: await module.createNestApplication(new FastifyAdapter()).init(), health };
  };

  it('waits for its drain until time moves', async () => {
    const { app, health } = await startDraining();
    const closed = app.close();
    await health.advance('9m');
    expect(await health.report({ kind: 'readiness' })).toMatchObject({
      state: 'DOWN',
      notReady: ['shutdown'],
    });
    expect((await health.report({ kind: 'liveness' })).state).toBe('UP');
    await health.advance('1m');
    await closed;
  });

  it('is moved through its drain by close', async () => {
    const { app, health } = await startDraining();
    await health.close(app);
    expect(health.clock.monotonicMs()).toBeGreaterThanOrEqual(600_000);
  });

  it('fails with what closing the app failed with', async () => {
    const failing = { close: () => Promise.reject(new Error('still busy')) };
    await expect(new HealthTesting().close(failing)).rejects.toThrow('still busy');
  });
});

describe('Changes in a test', () => {
  it('are recorded, and two for a check that fails and recovers', async () => {
    const { health } = await startTested();
    await health.report();
    expect(health.changes).toEqual([]);
    const restore = health.override('diskspace', HealthStatus.down('gone'));
    await health.report();
    await health.advance('10s');
    await health.report();
    restore();
    await health.report();
    const of = { id: 'Checks#disk', name: 'diskspace' };
    expect(health.changes).toMatchObject([
      { ...of, from: 'UP', to: 'DOWN', reason: 'gone', atMs: Date.UTC(2026, 0, 1) },
      { ...of, from: 'DOWN', to: 'UP', atMs: Date.UTC(2026, 0, 1, 0, 0, 10) },
    ]);
  });

  it('come after as many failures as the check allows', async () => {
    const { health } = await startTested();
    await health.report();
    health.override('Checks#pool', false);
    expect(await stateOf(health, 'Checks#pool')).toBe('UP');
    expect(health.changes).toEqual([]);
    expect(await stateOf(health, 'Checks#pool')).toBe('DOWN');
    expect(health.changes).toMatchObject([{ id: 'Checks#pool', from: 'UP', to: 'DOWN' }]);
  });
});

describe('HealthTesting', () => {
  it('says what to do when there is no app yet', async () => {
    await expect(new HealthTesting().report()).rejects.toThrow(/there is no app yet: await health\.install/);
  });

  it('belongs to one app', async () => {
    const { health } = await startTested();
    await expect(startTested(health)).rejects.toThrow(/belongs to one app/);
  });

  it('returns the builder that it was given', () => {
    const builder = Test.createTestingModule({ imports: [TestedModule] });
    expect(new HealthTesting().install(builder)).toBe(builder);
  });
});
