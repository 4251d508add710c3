import {
  All,
  Controller,
  Get,
  type MiddlewareConsumer,
  Module,
  type NestMiddleware,
  type NestModule,
  RequestMethod,
  Version,
} from '@nestjs/common';
import type { NestApplication } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ADAPTERS, boot, checkClass, recordingLogger, serve } from '../../../test/health-app.js';
import { HIDDEN, own, versionsInPaths } from '../../../test/hidden-routes.js';
import { Health, HealthModule, HealthStatus, Readiness } from '../../index.js';

const option = (endpoint: string) =>
  `move the route, or move or switch off that of health: HealthModule.forRoot({ endpoints: { ${endpoint} } })`;

describe.each(ADAPTERS)('a route of the app that health would answer for, on %s', (name, adapter) => {
  it.each(HIDDEN)('fails the boot: $what', async ({ route, health, endpoint = 'health', ...app }) => {
    await expect(boot({ adapter, ...app })).rejects.toThrow(
      `the route ${route} of Own#own would never be reached, because health answers ${health}; ${option(endpoint)}`,
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
    const boots = boot({ adapter, controllers: [Two] }).then(() => '');
    const refusal = await boots.catch(({ message }: Error) => message);
    expect(refusal.split('\n')).toEqual([
      `the route GET /health of Two#first would never be reached, because health answers /health; ${option('health')}`,
      `the route GET /livez/mine of Two#second would never be reached, because health answers /livez/:name; ${option('livez')}`,
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
      'the route GET /health/check/mine of the app would never be reached',
    );
  });

  it('is named with ALL if it takes every method', async () => {
    const configure = (app: NestApplication) =>
      void app
        .getHttpAdapter()
        .all('/livez', (_request: unknown, response: unknown) => app.getHttpAdapter().reply(response, 'own'));
    await expect(boot({ adapter, configure })).rejects.toThrow('the route ALL /livez of the app would never');
    await expect(boot({ adapter, controllers: [own(All, 'livez')] })).rejects.toThrow(
      'the route ALL /livez of Own#own would never',
    );
  });

  it.each([RequestMethod.GET, RequestMethod.ALL, RequestMethod.POST])(
    'is not a middleware, which may be put on a path of health: method %s',
    async (method) => {
      const called: string[] = [];
      class Logged implements NestMiddleware {
        use(request: { readonly originalUrl: string }, _response: unknown, next: () => void): void {
          called.push(request.originalUrl);
          next();
        }
      }
      @Module({ controllers: [own(Get, 'page')] })
      class Logging implements NestModule {
        configure(consumer: MiddlewareConsumer): void {
          consumer
            .apply(Logged)
            .forRoutes({ path: 'health', method }, { path: 'page', method: RequestMethod.GET });
        }
      }
      const { logger, lines } = recordingLogger();
      const { ask } = await serve({ adapter, imports: [Logging], logger });
      expect([(await ask('/health')).status, (await ask('/page')).body]).toEqual([200, 'own']);
      expect(called).toEqual(['/page']);
      const warned = lines.warn.filter((line) => line.includes('middleware'));
      expect(warned).toEqual(
        name === 'Express'
          ? [
              `the middleware for ${RequestMethod[method]} /health is not called, because health answers /health; leave that path out of forRoutes`,
            ]
          : [],
      );
    },
  );

  it('fails the boot also of an app under test', async () => {
    const testing = Test.createTestingModule({ imports: [HealthModule], controllers: [own(Get, 'livez/x')] });
    const app = (await testing.compile()).createNestApplication(adapter(), { logger: false });
    await expect(app.init()).rejects.toThrow('the route GET /livez/x of Own#own would never be reached');
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
    const configure = (app: NestApplication) => versionsInPaths(app.setGlobalPrefix('api'));
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
    const warned = lines.warn.filter((line) => line.includes('health answers there'));
    expect(warned).toEqual([
      expect.stringMatching(
        /^the route GET \/health\/.* of Own#own is not reached at \/health\/live, .*: health answers there$/,
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
