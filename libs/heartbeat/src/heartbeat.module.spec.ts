import { ControlPlaneClient } from './control-plane.client.js';
import 'reflect-metadata';
import {
  type INestApplicationContext,
  Injectable,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthModule, HealthStatus, Readiness } from '@vitals/health';
import { FakeControlPlane, until } from '../test/fake-control-plane.js';
import { HeartbeatAgent, type HeartbeatAgentOptions, HeartbeatModule } from './index.js';

/** What the app under test depends on. */
class Surroundings {
  ready = true;
  warm: Promise<void> = Promise.resolve();
}

@Injectable()
class Worker implements OnApplicationBootstrap {
  constructor(private readonly surroundings: Surroundings) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.surroundings.warm;
  }

  @Readiness('worker')
  check(): HealthStatus {
    return this.surroundings.ready ? HealthStatus.up() : HealthStatus.down('no work today');
  }
}

let controlPlane: FakeControlPlane;
let surroundings: Surroundings;
let app: INestApplicationContext | undefined;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  surroundings = new Surroundings();
});

afterEach(async () => {
  await app?.close();
  app = undefined;
});

function boot(how: 'forRoot' | 'forRootAsync', phase?: HeartbeatAgentOptions['phase']) {
  const options: HeartbeatAgentOptions = {
    controlPlane: controlPlane.url,
    name: 'vm-1',
    register: { endpoint: 'http://vm-1:8080', service_type: 'vm', schema_version: '1' },
    ...(phase && { phase }),
  };
  const heartbeats =
    how === 'forRoot'
      ? HeartbeatModule.forRoot(options)
      : HeartbeatModule.forRootAsync({ useFactory: () => Promise.resolve(options) });
  @Module({
    imports: [HealthModule, heartbeats],
    providers: [{ provide: Surroundings, useValue: surroundings }, Worker],
  })
  class App {}
  return NestFactory.createApplicationContext(App, { logger: false });
}

/** The phase that the app reports now. */
async function reported(): Promise<unknown> {
  const before = controlPlane.beats.length;
  app?.get(HeartbeatAgent).phaseChanged();
  await until(() => controlPlane.beats.length > before);
  return controlPlane.phases.at(-1);
}

describe('HeartbeatModule', () => {
  it.each(['forRoot', 'forRootAsync'] as const)('with %s makes the app a provider', async (how) => {
    app = await boot(how);
    await until(() => controlPlane.phases.includes('Ready'));
    expect(controlPlane.registrations).toHaveLength(1);
  });

  it('reports Starting until Nest has started the app, and then Ready', async () => {
    let warm = (): void => undefined;
    surroundings.warm = new Promise((resolve) => (warm = resolve));
    const booted = boot('forRoot');
    await until(() => controlPlane.beats.length === 1);
    warm();
    app = await booted;
    await until(() => controlPlane.phases.includes('Ready'));
    expect(controlPlane.phases[0]).toBe('Starting');
  });

  it('reports NotReady while a readiness check is down', async () => {
    app = await boot('forRoot');
    await until(() => controlPlane.phases.includes('Ready'));
    surroundings.ready = false;
    expect(await reported()).toBe('NotReady');
    surroundings.ready = true;
    expect(await reported()).toBe('Ready');
  });

  it('reports what it is told to, if it is told', async () => {
    app = await boot('forRoot', () => 'Maintenance');
    await until(() => controlPlane.beats.length === 1);
    expect(controlPlane.phases).toEqual(['Maintenance']);
  });

  it('reports Draining as the last thing when the app is closed', async () => {
    app = await boot('forRoot');
    await until(() => controlPlane.phases.includes('Ready'));
    await app.close();
    app = undefined;
    expect(controlPlane.beats.at(-1)?.body).toMatchObject({ phase: 'Draining', generation: 1 });
  });

  it('starts and stops although the control plane is away', async () => {
    await controlPlane.close();
    const startedMs = performance.now();
    app = await boot('forRoot');
    await app.close();
    app = undefined;
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

describe('HeartbeatModule that cannot know its phase', () => {
  it('says that HealthModule is missing', async () => {
    const register = { endpoint: 'http://a', service_type: 'vm', schema_version: 'v1' };
    const module = HeartbeatModule.forRoot({ controlPlane: 'http://127.0.0.1:9', name: 'p', register });
    const starting = NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    await expect(starting).rejects.toThrow(/import HealthModule too, or give phase/);
  });

  it('says that a control plane without a scheme is no URL', async () => {
    expect(() => new ControlPlaneClient({ controlPlane: 'localhost:3000', name: 'p' }, 100)).toThrow(
      /is no URL/,
    );
  });
});
