import {
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ManualClock } from '@vitals/core/time';
import { ADAPTERS, boot, checkClass, serve } from '../test/health-app.js';
import { HealthModule, HealthService } from './index.js';

const Ready = checkClass({ name: 'ready', kinds: ['readiness'] }, () => true, 'Ready');
const Live = checkClass({ name: 'live', kinds: ['liveness'] }, () => true, 'Live');

/** Asks from within the hooks of an ordinary provider. */
@Injectable()
class Hooks implements OnApplicationBootstrap, OnModuleDestroy {
  readonly seen: string[] = [];

  constructor(@Inject(HealthService) private readonly health: HealthService) {}

  async onApplicationBootstrap(): Promise<void> {
    this.seen.push((await this.health.report({ kind: 'readiness' })).state);
  }

  async onModuleDestroy(): Promise<void> {
    this.seen.push((await this.health.report({ kind: 'readiness' })).state);
  }
}

@Injectable()
class Settings {
  readonly appId = Promise.resolve('orders');
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

describe('HealthModule', () => {
  it('works as it is, without options', async () => {
    const app = await NestFactory.create(
      { module: class App {}, imports: [HealthModule], providers: [Live] },
      {
        logger: false,
        abortOnError: false,
      },
    );
    await app.listen(0, '127.0.0.1');
    try {
      const url = await app.getUrl();
      expect(await (await fetch(`${url}/health`)).json()).toMatchObject({
        status: 'UP',
        checks: [{ name: 'live' }],
      });
      expect((await fetch(`${url}/healthz?appid=app`)).status).toBe(204);
    } finally {
      await app.close();
    }
  });

  it('takes its options from an asynchronous factory with dependencies', async () => {
    const module = HealthModule.forRootAsync({
      imports: [SettingsModule],
      inject: [Settings],
      useFactory: async (settings: Settings) => ({
        appId: await settings.appId,
        detail: 'names' as const,
        endpoints: { health: '/internal' },
      }),
    });
    const app = await NestFactory.create(
      { module: class App {}, imports: [module], providers: [Live] },
      ADAPTERS[0]![1](),
      { logger: false, abortOnError: false },
    );
    await app.listen(0, '127.0.0.1');
    try {
      const url = await app.getUrl();
      expect((await fetch(`${url}/healthz?appid=orders`)).status).toBe(204);
      expect((await fetch(`${url}/healthz?appid=app`)).status).toBe(500);
      expect((await fetch(`${url}/health`)).status).toBe(404);
      expect(await (await fetch(`${url}/internal`)).json()).toEqual({
        status: 'UP',
        checks: [{ name: 'live', status: 'UP' }],
      });
    } finally {
      await app.close();
    }
  });

  it('fails the boot when it is imported bare and with options, and says what to do', async () => {
    await expect(boot({ imports: [HealthModule] })).rejects.toThrow(/import it once, in the root module/);
  });

  it('may be imported as it is by several modules', async () => {
    @Module({ imports: [HealthModule], providers: [Live] })
    class Feature {}
    const app = await NestFactory.create(
      { module: class App {}, imports: [HealthModule, Feature] },
      { logger: false, abortOnError: false },
    );
    await app.init();
    expect((await app.get(HealthService).report()).checks).toHaveLength(1);
    await app.close();
  });

  it('fails the boot when the drain is no duration', async () => {
    await expect(boot({ health: { drain: 'long' as '1s' } })).rejects.toThrow(/long/);
  });

  it('is ready only after the bootstrap hooks of the app, and not any more in its destroy hooks', async () => {
    const app = await boot({ providers: [Hooks] });
    const hooks = app.get(Hooks);
    expect((await app.get(HealthService).report({ kind: 'readiness' })).state).toBe('UP');
    await app.close();
    expect(hooks.seen).toEqual(['DOWN', 'DOWN']);
  });
});

describe.each(ADAPTERS)('a shutdown on %s', (_name, adapter) => {
  it('turns readiness DOWN at once, keeps liveness UP while it drains, then closes', async () => {
    const clock = new ManualClock();
    const { app, ask } = await serve({ adapter, clock, providers: [Ready, Live], health: { drain: '5s' } });
    let ready = await ask('/health/ready');
    expect(ready.status).toBe(200);
    const closed = app.close();
    while (ready.status === 200) ready = await ask('/health/ready');
    expect([ready.status, ready.json.status]).toEqual([503, 'DOWN']);
    expect(ready.json.checks).toMatchObject([
      { name: 'ready', status: 'UP' },
      { name: 'shutdown', status: 'DOWN', data: { reason: 'the app does not take work now' } },
    ]);
    const live = await ask('/health/live');
    expect([live.status, live.json.status]).toEqual([200, 'UP']);
    expect((await ask('/health/check/ready')).status).toBe(200);
    expect((await ask('/health')).status).toBe(503);
    expect((await ask('/healthz')).json.message).toBe('app is not ready: [shutdown]');
    await clock.advance(4_999);
    expect((await ask('/health/live')).status).toBe(200);
    await clock.advance(1);
    await closed;
    await expect(ask('/health/live')).rejects.toThrow();
  });
});
