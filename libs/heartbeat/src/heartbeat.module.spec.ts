import { NestFactory } from '@nestjs/core';
import { ManualClock } from '@vitals/core/time';
import { FakeControlPlane, problem, until } from '../test/fake-control-plane.js';
import { bootProvider, Surroundings } from '../test/provider-app.js';
import { HeartbeatAgent } from './agent/heartbeat.agent.js';
import { HeartbeatModule } from './index.js';

let controlPlane: FakeControlPlane;
let surroundings: Surroundings;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  surroundings = new Surroundings();
});

describe('HeartbeatModule', () => {
  it.each(['forRoot', 'forRootAsync'] as const)('with %s makes the app a provider', async (how) => {
    await bootProvider(controlPlane, surroundings, { how });
    await until(() => controlPlane.phases.includes('Ready'));
    expect(controlPlane.registrations).toHaveLength(1);
  });

  it('gives the app its agent', async () => {
    const app = await bootProvider(controlPlane, surroundings);
    await until(() => controlPlane.phases.includes('Ready'));
    const agent = app.get(HeartbeatAgent);
    await until(() => agent.metrics.phase === 'Ready');
    expect(agent.metrics).toMatchObject({ phase: 'Ready', generation: 1 });
  });

  it.each(['phase', 'readiness'] as const)('reports what it is told by %s, if it is told', async (option) => {
    await bootProvider(controlPlane, surroundings, { agent: { [option]: () => 'Maintenance' } });
    await until(() => controlPlane.beats.length === 1);
    expect(controlPlane.phases).toEqual(['Maintenance']);
  });

  it('reports Draining as the last thing when the app is closed', async () => {
    const app = await bootProvider(controlPlane, surroundings);
    await until(() => controlPlane.phases.includes('Ready'));
    await app.close();
    expect(controlPlane.beats.at(-1)?.body).toMatchObject({ phase: 'Draining', generation: 1 });
  });

  it('starts and stops although the control plane is away', async () => {
    await controlPlane.close();
    const app = await bootProvider(controlPlane, surroundings, {
      agent: { timeout: '10m', interval: '10m' },
    });
    await app.close();
    expect(controlPlane.requests).toEqual([]);
  });

  it('runs on the clock of the app', async () => {
    const clock = new ManualClock(Date.UTC(2030, 0, 1));
    const app = await bootProvider(controlPlane, surroundings, { clock });
    await until(() => controlPlane.beats.length === 1);
    expect(controlPlane.beats[0]?.body['timestamp']).toBe('2030-01-01T00:00:00.000Z');
    await app.close();
  });

  it('lets the app live on when the control plane refuses it', async () => {
    controlPlane.answer = () => problem(409);
    const app = await bootProvider(controlPlane, surroundings);
    await until(() => app.get(HeartbeatAgent).metrics.failed === 1);
    expect(controlPlane.requests).toHaveLength(1);
  });
});

describe('HeartbeatModule that cannot do what it is told', () => {
  const register = { endpoint: 'http://a', service_type: 'vm', schema_version: 'v1' };

  it('says that HealthModule is missing', async () => {
    const module = HeartbeatModule.forRoot({ controlPlane: 'http://127.0.0.1:9', name: 'p', register });
    const starting = NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    await expect(starting).rejects.toThrow(/import HealthModule too, or give phase/);
  });

  it.each([
    [undefined, 'nothing'],
    ['vm-1', 'a string'],
  ])('fails the boot when the factory gives %p', async (given, what) => {
    const module = HeartbeatModule.forRootAsync({ useFactory: async () => given as never });
    const starting = NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    await expect(starting).rejects.toThrow(
      `HeartbeatModule.forRootAsync: the factory gave ${what}; return an object of options`,
    );
  });

  it('logs no line for each heartbeat, at whatever level', async () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const logger = { log: write, error: write, warn: write, debug: write, verbose: write };
    const app = await bootProvider(controlPlane, surroundings, { logger });
    const agent = app.get(HeartbeatAgent);
    await until(() => agent.metrics.sent > 0);
    expect(lines.filter((line) => line.includes('registered as'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('acknowledged'))).toEqual([]);
    await app.close();
  });

  it.each([
    ['warns that Draining is not sent if nothing handles SIGTERM', false],
    ['does not if the hooks are enabled', true],
  ])('%s', async (_what, enabled) => {
    const clock = new ManualClock();
    const warnings: string[] = [];
    const logger = {
      log: () => undefined,
      error: () => undefined,
      warn: (line: string) => warnings.push(line),
    };
    const app = await bootProvider(controlPlane, surroundings, { clock, logger });
    if (enabled) app.enableShutdownHooks();
    await clock.advance(2_000);
    expect(warnings.filter((line) => line.includes('SIGTERM'))).toEqual(
      enabled
        ? []
        : [
            'nothing handles SIGTERM, so that the process ends at once and Draining is not sent; call app.enableShutdownHooks() before app.listen()',
          ],
    );
    await app.close();
  });

  it('needs no HealthModule if it is told the phase', async () => {
    const options = { controlPlane: controlPlane.url, name: 'p', register, phase: () => 'Ready' as const };
    const app = await NestFactory.createApplicationContext(HeartbeatModule.forRoot(options), {
      logger: false,
    });
    await until(() => controlPlane.phases.includes('Ready'));
    await app.close();
  });
});
