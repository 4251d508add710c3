import {
  All,
  Controller,
  Get,
  type ModuleMetadata,
  Module,
  Post,
  RequestMethod,
  type Type,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { type NestApplication, RouterModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ADAPTERS, boot, checkClass, recordingLogger, serve } from '../../../test/health-app.js';
import { Health, HealthModule, HealthStatus, Readiness } from '../../index.js';

type Route = (path?: string | string[]) => MethodDecorator;

/** A controller `Own` with one route, `own`. */
function own(route: Route, path: string | string[], options: Parameters<typeof Controller>[0] = {}): Type {
  class Own {
    own(): string {
      return 'own';
    }
  }
  route(path)(Own.prototype, 'own', Object.getOwnPropertyDescriptor(Own.prototype, 'own')!);
  Controller(options as never)(Own);
  return Own;
}

const uri = (app: NestApplication) => void app.enableVersioning({ type: VersioningType.URI });

@Module({ controllers: [own(Get, 'live')] })
class Routed {}

interface Case {
  readonly what: string;
  readonly controllers?: Type[];
  readonly imports?: ModuleMetadata['imports'];
  readonly configure?: (app: NestApplication) => void;
  readonly route: string;
  readonly health: string;
  readonly endpoint?: string;
}

const HIDDEN: readonly Case[] = [
  {
    what: 'at a path of health',
    controllers: [own(Get, '/health')],
    route: 'GET /health',
    health: '/health',
  },
  {
    what: 'of another method',
    controllers: [own(Post, 'health/live')],
    route: 'POST /health/live',
    health: '/health/live',
  },
  {
    what: 'of all methods',
    controllers: [own(All, 'livez')],
    route: 'ALL /livez',
    health: '/livez',
    endpoint: 'livez',
  },
  {
    what: 'that a path with a name matches',
    controllers: [own(Get, '/health/check/mine')],
    route: 'GET /health/check/mine',
    health: '/health/check/:name',
  },
  {
    what: 'of all methods, that a path with a name matches',
    controllers: [own(All, 'readyz/:which')],
    route: 'ALL /readyz/:which',
    health: '/readyz/:name',
    endpoint: 'readyz',
  },
  {
    what: 'with parameters of its own',
    controllers: [own(Get, 'health/components/:kind/all')],
    route: 'GET /health/components/:kind/all',
    health: '/health/components/:type/:name',
    endpoint: 'components',
  },
  {
    what: 'with a slash at its end',
    controllers: [own(Get, 'health/live/')],
    route: 'GET /health/live',
    health: '/health/live',
  },
  {
    what: 'of which one path of several is of health',
    controllers: [own(Get, ['mine', 'health/group/mine'])],
    route: 'GET /health/group/mine',
    health: '/health/group/:name',
  },
  {
    what: 'of a controller with several paths',
    controllers: [own(Get, 'mine', { path: ['a', 'health/check'] })],
    route: 'GET /health/check/mine',
    health: '/health/check/:name',
  },
  {
    what: 'below a global prefix',
    controllers: [own(Get, 'live')],
    configure: (app) => void app.setGlobalPrefix('health'),
    route: 'GET /health/live',
    health: '/health/live',
  },
  {
    what: 'that is left out of a global prefix',
    controllers: [own(Get, 'health/check/mine')],
    configure: (app) =>
      void app.setGlobalPrefix('api', {
        exclude: [{ path: 'health/check/mine', method: RequestMethod.GET }],
      }),
    route: 'GET /health/check/mine',
    health: '/health/check/:name',
  },
  {
    what: 'whose version makes its path one of health',
    controllers: [own(Get, 'healthz', { version: '1.0' })],
    configure: uri,
    route: 'GET /v1.0/healthz',
    health: '/v1.0/healthz',
    endpoint: 'healthz',
  },
  {
    what: 'of several versions, one of them neutral',
    controllers: [own(Get, 'healthz', { version: ['2', VERSION_NEUTRAL] })],
    configure: uri,
    route: 'GET /healthz',
    health: '/healthz',
    endpoint: 'healthz',
  },
  {
    what: 'whose version is in a header',
    controllers: [own(Get, 'health', { version: '1' })],
    configure: (app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    route: 'GET /health',
    health: '/health',
  },
  {
    what: 'that is for one host only',
    controllers: [own(Get, 'health/ready', { host: 'api.example.org' })],
    route: 'GET /health/ready',
    health: '/health/ready',
  },
  {
    what: 'of a module with a path',
    imports: [Routed, RouterModule.register([{ path: 'health', module: Routed }])],
    route: 'GET /health/live',
    health: '/health/live',
  },
];

const option = (endpoint: string) =>
  `move the route, or move or switch off that of health: HealthModule.forRoot({ endpoints: { ${endpoint} } })`;

describe.each(ADAPTERS)('a route of the app that health would answer for, on %s', (name, adapter) => {
  it.each(HIDDEN)('fails the boot: $what', async ({ route, health, endpoint = 'health', ...app }) => {
    await expect(boot({ adapter, ...app })).rejects.toThrow(
      `the route ${route} of Own#own would never be asked, because health answers ${health}; ${option(endpoint)}`,
    );
  });

  it('is named with all others of its kind', async () => {
    class Two {
      first(): void {}
      second(): void {}
    }
    for (const [method, path] of [
      ['first', 'health'],
      ['second', 'livez/mine'],
    ] as const)
      Get(path)(Two.prototype, method, Object.getOwnPropertyDescriptor(Two.prototype, method)!);
    Controller()(Two);
    const failed = await boot({ adapter, controllers: [Two] }).catch(({ message }: Error) => message);
    expect(String(failed).split('\n')).toEqual([
      `the route GET /health of Two#first would never be asked, because health answers /health; ${option('health')}`,
      `the route GET /livez/mine of Two#second would never be asked, because health answers /livez/:name; ${option('livez')}`,
    ]);
  });

  it('fails the boot also if it was put on the adapter', async () => {
    const configure = (app: NestApplication) =>
      void app
        .getHttpAdapter()
        .get('/health/check/mine', (_request: unknown, response: unknown) =>
          app.getHttpAdapter().reply(response, 'own'),
        );
    await expect(boot({ adapter, configure })).rejects.toThrow(
      'the route GET /health/check/mine of the app would never be asked',
    );
  });

  it('fails the boot also of an app under test', async () => {
    const testing = Test.createTestingModule({ imports: [HealthModule], controllers: [own(Get, 'livez/x')] });
    const app = (await testing.compile()).createNestApplication(adapter(), { logger: false });
    await expect(app.init()).rejects.toThrow('the route GET /livez/x of Own#own would never be asked');
    await app.close();
  });

  it('may stay once health has moved, is switched off, or has a port of its own', async () => {
    const controllers = [own(Get, 'health/check/mine')];
    for (const health of [
      { endpoints: { health: '/internal' } },
      { endpoints: { health: false } },
      { prefix: '/ops' },
      { port: 0, host: '127.0.0.1' },
    ] as const) {
      const { ask } = await serve({ adapter, controllers, health });
      expect((await ask('/health/check/mine')).body).toBe('own');
    }
  });

  it('may stay where only its prefix or version tells it from one of health', async () => {
    class Free {
      own(): string {
        return 'own';
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(Free.prototype, 'own')!;
    Get(['health/live', 'livez'])(Free.prototype, 'own', descriptor);
    Version('2')(Free.prototype, 'own', descriptor);
    Controller()(Free);
    const configure = (app: NestApplication) => uri(app.setGlobalPrefix('api'));
    const { ask } = await serve({ adapter, controllers: [Free], configure });
    expect([(await ask('/api/v2/livez')).body, (await ask('/livez')).body]).toEqual(['own', 'ok']);
  });

  it('is warned of if it keeps some of its paths, and health keeps its own', async () => {
    const { logger, lines } = recordingLogger();
    const rest = name === 'Fastify' ? '*' : '*rest';
    const controllers = [own(Get, `health/${rest}`), own(Get, ':page')];
    const { ask } = await serve({ adapter, controllers, logger });
    expect([(await ask('/health/mine')).body, (await ask('/page')).body]).toEqual(['own', 'own']);
    expect([(await ask('/health/live')).status, (await ask('/livez')).body]).toEqual([200, 'ok']);
    const warned = lines.warn.filter((line) => line.includes('health is there'));
    expect(warned).toEqual([
      expect.stringMatching(
        /^the route GET \/health\/.* of Own#own is not asked at \/health\/live, .*: health is there$/,
      ),
    ]);
  });

  it('is not a route that carries a check: it goes on to answer it', async () => {
    @Controller('app')
    class Disk {
      @Get('diskspace')
      @Health({ name: 'diskspace' })
      disk(): HealthStatus {
        return HealthStatus.named('diskspace').up().withAttribute('freebytes', 5);
      }

      @Get(['something-else', 'other'])
      @Readiness('else')
      other(): boolean {
        return false;
      }
    }
    const { ask } = await serve({
      adapter,
      controllers: [Disk],
      providers: [checkClass({ name: 'x' }, () => true)],
    });
    expect((await ask('/app/diskspace')).json.checks).toMatchObject([{ name: 'diskspace', status: 'UP' }]);
    for (const path of ['/app/something-else', '/app/other']) expect((await ask(path)).status).toBe(503);
    expect((await ask('/health')).json.checks.map(({ name: check }) => check)).toEqual([
      'diskspace',
      'else',
      'x',
    ]);
  });
});
