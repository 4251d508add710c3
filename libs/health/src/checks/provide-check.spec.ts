import { DiscoveryModule, NestFactory } from '@nestjs/core';
import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { HealthStatus } from '@vitals/core/health';
import { HealthExplorer } from '../discovery/health.explorer.js';
import { HealthRegistry } from '../discovery/health.registry.js';
import { diskCheck } from './local/disk-check.js';
import { tcpCheck } from './network/tcp-check.js';
import { provideCheck } from './provide-check.js';

const apps = new Set<INestApplicationContext>();

afterEach(async () => {
  await Promise.all([...apps].map((app) => app.close()));
  apps.clear();
});

async function discovered(metadata: ModuleMetadata) {
  const root = { module: class App {}, imports: [DiscoveryModule], ...metadata };
  const providers = [...(metadata.providers ?? []), HealthExplorer];
  const app = await NestFactory.createApplicationContext({ ...root, providers }, { logger: false });
  apps.add(app);
  return { app, ...app.get(HealthExplorer).explore() };
}

describe('a ready-made check', () => {
  it('is found in the container like a method with @Health(), with all that it was told', async () => {
    const { checks, refused } = await discovered({
      providers: [
        tcpCheck({
          host: 'broker',
          port: 5_672,
          kinds: ['readiness'],
          groups: ['mq'],
          tags: ['a'],
          every: '5s',
        }),
      ],
    });
    expect(refused).toEqual([]);
    expect(checks).toMatchObject([
      {
        owner: 'TcpCheck',
        method: 'check',
        options: {
          name: 'tcp',
          kinds: ['readiness'],
          groups: ['mq'],
          tags: ['a'],
          every: '5s',
          external: true,
        },
      },
    ]);
    expect(checks[0]?.options).not.toHaveProperty('host');
  });

  it('may be provided any number of times, each with its own settings', async () => {
    const settings = { host: 'broker', port: 5_672 };
    const { checks } = await discovered({
      providers: [tcpCheck({ ...settings, name: 'a' }), tcpCheck({ ...settings, name: 'b' }), diskCheck()],
    });
    expect(checks.map(({ owner, options }) => [owner, options.name])).toEqual([
      ['TcpCheck', 'a'],
      ['TcpCheck', 'b'],
      ['DiskCheck', 'disk'],
    ]);
  });

  it('of something outside is refused for liveness, unless it is told to be inside', async () => {
    const settings = { host: '127.0.0.1', port: 1, kinds: ['liveness'] } as const;
    const [outside, inside] = await Promise.all(
      [tcpCheck(settings), tcpCheck({ ...settings, external: false })].map(async (check) => {
        const { checks } = await discovered({ providers: [check] });
        return checks[0]?.options ?? {};
      }),
    );
    const register = (options: object) =>
      new HealthRegistry().register('TcpCheck#check', options, () => true);
    expect(() => register(outside ?? {})).toThrow(
      /tcp \(TcpCheck#check\): it is marked external and for liveness/,
    );
    expect(() => register(inside ?? {})).not.toThrow();
  });

  it('is given what it needs of the app, opened with its module and closed when the app has ended', async () => {
    const log: string[] = [];
    const check = provideCheck({ owner: 'SomeCheck', options: {}, inject: 'WHAT' }, (what: string) => ({
      check: () => HealthStatus.named(what),
      open: () => void log.push('open'),
      close: () => void log.push('close'),
    }));
    class Draining {
      beforeApplicationShutdown(): void {
        log.push('drained');
      }
    }
    const { app, checks } = await discovered({
      providers: [check, Draining, { provide: 'WHAT', useValue: 'this' }],
    });
    const instance = checks[0]?.instance as { check(context: object): HealthStatus };
    expect(instance.check({})).toMatchObject({ name: 'this' });
    expect(log).toEqual(['open']);
    await app.close();
    expect(log).toEqual(['open', 'drained', 'close']);
  });
});
