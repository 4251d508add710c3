import {
  Global,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Clock, ManualClock } from '@vitals/core/time';
import { Asked, STARTED_MS } from '../test/cache-fixture.js';
import { boot, recordingLogger } from '../test/provider-app.js';
import { HealthProvider, type HealthVerdict, ProviderHealthCache, ProviderHealthModule } from './index.js';

let clock: ManualClock;
const journal: string[] = [];

@Injectable()
@HealthProvider('docker')
class Docker implements OnApplicationBootstrap, OnModuleDestroy {
  verdict: HealthVerdict = { healthy: true, message: 'v29' };

  async onApplicationBootstrap(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    journal.push('connected');
  }

  healthCheck(): HealthVerdict {
    journal.push('checked');
    return this.verdict;
  }

  onModuleDestroy(): void {
    journal.push('closed');
  }
}

@HealthProvider('bare')
class Bare {}

beforeEach(() => {
  clock = new ManualClock();
  journal.length = 0;
});

describe('ProviderHealthModule', () => {
  it.each([
    ['forRoot', () => ProviderHealthModule.forRoot({ clock, pollInterval: '10s' })],
    [
      'forRootAsync',
      () => ProviderHealthModule.forRootAsync({ useFactory: async () => ({ clock, pollInterval: '10s' }) }),
    ],
  ] as const)('with %s keeps the health of declared providers', async (_name, make) => {
    const app = await boot({ module: make(), providers: [Docker, Bare] });
    const cache = app.get(ProviderHealthCache);
    expect([cache.snapshot(), cache.names()]).toEqual([[], ['bare', 'docker']]);
    await clock.advance(STARTED_MS);
    expect(cache.snapshot()).toMatchObject([
      { name: 'bare', healthy: true, message: 'does not implement HealthChecker', checked: false },
      { name: 'docker', healthy: true, message: 'v29', checked: true },
    ]);
    app.get(Docker).verdict = { healthy: false, message: 'no socket' };
    await clock.advance(10_000);
    expect(cache.get('docker')).toMatchObject({ healthy: false, message: 'no socket' });
  });

  it.each([
    ['as it is', () => ProviderHealthModule],
    [
      'with it among the options',
      () =>
        ProviderHealthModule.forRootAsync({ inject: [Clock], useFactory: (own: Clock) => ({ clock: own }) }),
    ],
  ] as const)('%s checks on the clock of the app', async (_name, make) => {
    @Global()
    @Module({ providers: [{ provide: Clock, useValue: clock }], exports: [Clock] })
    class Time {}
    const app = await boot({ module: make(), imports: [Time], providers: [Docker] });
    await clock.advance(STARTED_MS);
    expect(app.get(ProviderHealthCache).get('docker')).toMatchObject({ healthy: true });
  });

  it('as it is checks on the clock of the machine', async () => {
    const app = await boot({ module: ProviderHealthModule, providers: [Docker] });
    const cache = app.get(ProviderHealthCache);
    await cache.checkNow();
    expect(cache.get('docker')).toMatchObject({ healthy: true });
  });

  it('is global', async () => {
    @Injectable()
    class Dashboard {
      constructor(readonly cache: ProviderHealthCache) {}
    }
    @Module({ providers: [Dashboard] })
    class Feature {}
    const app = await boot({ health: { clock }, imports: [Feature], providers: [Docker] });
    expect(app.get(Dashboard, { strict: false }).cache).toBe(app.get(ProviderHealthCache));
  });

  it('checks nobody before the bootstrap of all is complete, and delays it by nobody', async () => {
    const hanging = new Asked();
    const app = await boot({ health: { clock }, providers: [Docker, { provide: 'h', useValue: hanging }] });
    app.get(ProviderHealthCache).register('hanging', hanging);
    expect(journal).toEqual(['connected']);
    await clock.advance(STARTED_MS);
    expect(journal).toEqual(['connected', 'checked']);
  });

  it('tells checkers that the app shuts down, and waits for them, before any provider is closed', async () => {
    const app = await boot({ health: { clock }, providers: [Docker] });
    const asked = new Asked();
    app.get(ProviderHealthCache).register('asked', asked);
    void app.get(ProviderHealthCache).checkNow();
    await clock.advance(STARTED_MS);
    const closing = app.close();
    await clock.settle();
    expect(asked.signals[0]?.reason).toEqual(new Error('the app shuts down'));
    expect(journal).not.toContain('closed');
    asked.fail(asked.signals[0]?.reason);
    await closing;
    await clock.advance(120_000);
    expect(journal).toEqual(['connected', 'checked', 'closed']);
  });

  it.each<[string, object, RegExp]>([
    [
      'a timeout as long as the interval',
      { pollInterval: '5s' },
      /checkTimeout \(5 s\) must be shorter than/,
    ],
    ['an option that does not exist', { interval: '5s' }, /unknown option `interval`/],
  ])('fails the boot for %s', async (_name, health, message) => {
    await expect(boot({ health })).rejects.toThrow(message);
    const module = ProviderHealthModule.forRootAsync({ useFactory: () => health });
    await expect(boot({ module })).rejects.toThrow(message);
  });

  it.each([
    [undefined, 'nothing'],
    ['30s', 'a string'],
  ])('fails the boot when the factory gives %p', async (given, what) => {
    const module = ProviderHealthModule.forRootAsync({ useFactory: async () => given as never });
    await expect(boot({ module })).rejects.toThrow(
      `ProviderHealthModule.forRootAsync: the factory gave ${what}; return an object of options`,
    );
  });

  it('fails the boot when it is imported twice', async () => {
    const imports = [ProviderHealthModule];
    await expect(boot({ health: { clock }, imports })).rejects.toThrow(/import it once, in the root module/);
  });

  it('logs when a provider turns unhealthy, is silent, and recovers, and nothing else', async () => {
    const { lines, logger } = recordingLogger();
    const asked = new Asked();
    const app = await boot({ health: { clock }, providers: [Bare], logger });
    app.get(ProviderHealthCache).register('asked', asked);
    const answers = [true, false, false, true, undefined, true];
    lines.log.length = 0;
    for (const healthy of answers) {
      void app.get(ProviderHealthCache).checkNow();
      await clock.advance(STARTED_MS);
      if (healthy === undefined) await clock.advance(5_000);
      asked.answer({ healthy: healthy ?? true, message: 'm' });
      await clock.settle();
    }
    expect(lines).toEqual({
      error: ['asked is unhealthy: m'],
      warn: ['asked did not answer in time; it was healthy before'],
      log: ['asked is healthy again', 'asked is healthy again'],
      debug: [],
    });
  });
});
