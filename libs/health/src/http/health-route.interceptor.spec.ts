import { Controller, Get, Injectable, Redirect, Render, Scope, Sse, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ADAPTERS, serve } from '../../test/health-app.js';
import { Health, HealthStatus, Readiness } from '../index.js';

@Injectable()
class RefuseAll {
  canActivate(): boolean {
    return false;
  }
}

@Controller('app')
class Resource {
  static diskRuns = 0;
  /** Every run of the disk check waits for it. */
  static mayEnd: Promise<void> = Promise.resolve();

  @Get('disk')
  @Readiness('disk')
  async disk(): Promise<HealthStatus> {
    Resource.diskRuns++;
    await Resource.mayEnd;
    return HealthStatus.named('diskspace').up().withAttribute('freebytes', 5);
  }

  @Health('queue')
  @Get('queue')
  queue(): boolean {
    return false;
  }

  @Get('broken')
  @Health({ name: 'broken', critical: false })
  broken(): never {
    throw new Error('password=hunter2');
  }

  @Get('hanging')
  @Health({ name: 'hanging', timeout: '30ms', critical: false })
  hanging(): Promise<void> {
    return new Promise(() => undefined);
  }

  @Get('guarded')
  @UseGuards(RefuseAll)
  @Health({ name: 'guarded' })
  guarded(): void {}

  @Get('plain')
  plain(): string {
    return 'plain';
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class Scoped {
  @Get()
  @Health()
  check(): string {
    return 'its own answer';
  }
}

describe.each(ADAPTERS)('a route that is a health check, on %s', (_name, adapter) => {
  it.each([
    [
      '/app/disk',
      200,
      { status: 'UP', checks: [{ name: 'diskspace', status: 'UP', data: { freebytes: 5 } }] },
    ],
    ['/app/queue', 503, { status: 'DOWN', checks: [{ name: 'queue', status: 'DOWN' }] }],
    [
      '/app/broken',
      200,
      { status: 'UP', checks: [{ name: 'broken', status: 'DOWN', data: { reason: 'password=***' } }] },
    ],
    [
      '/app/hanging',
      200,
      { checks: [{ name: 'hanging', status: 'DOWN', data: { reason: 'timed out after 30 ms' } }] },
    ],
  ])('answers %s with that check alone', async (path, code, body) => {
    const { ask } = await serve({ adapter, controllers: [Resource] });
    const { status, headers, json } = await ask(path);
    expect([status, json]).toMatchObject([code, body]);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(await ask(path, { method: 'HEAD' })).toMatchObject({ status: code, body: '' });
  });

  it('counts in /health, and in the endpoint of its kind', async () => {
    const { ask } = await serve({ adapter, controllers: [Resource] });
    const namesAt = async (path: string) => (await ask(path)).json.checks.map(({ name }) => name);
    expect(await namesAt('/health')).toEqual(['broken', 'diskspace', 'guarded', 'hanging', 'queue']);
    expect(await namesAt('/health/ready')).toEqual(['diskspace']);
  });

  it('shares one run between requests at the same time', async () => {
    const { app, ask } = await serve({ adapter, controllers: [Resource] });
    Resource.diskRuns = 0;
    let end = (): void => undefined;
    Resource.mayEnd = new Promise((resolve) => (end = resolve));
    const paths = ['/app/disk', '/app/disk', '/health/ready', '/health/check/disk'];
    let arrived = 0;
    app.getHttpServer().on('request', () => ++arrived === paths.length && setImmediate(end));
    const answers = await Promise.all(paths.map((path) => ask(path)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(Resource.diskRuns).toBeLessThan(4);
  });

  it('keeps its guards, which the health endpoints do not have', async () => {
    const { ask } = await serve({ adapter, controllers: [Resource] });
    expect((await ask('/app/guarded')).status).toBe(403);
    expect((await ask('/health/check/guarded')).status).toBe(200);
  });

  it('tells a forwarded request names only', async () => {
    const { ask } = await serve({ adapter, controllers: [Resource] });
    const { json } = await ask('/app/disk', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(json).toEqual({ status: 'UP', checks: [{ name: 'diskspace', status: 'UP' }] });
  });

  it('answers although another decorator has wrapped the method', async () => {
    const wrapped: MethodDecorator = (_target, _method, descriptor) => {
      const original = descriptor.value as unknown as (...given: unknown[]) => unknown;
      descriptor.value = function (this: unknown, ...given: unknown[]) {
        return original.apply(this, given);
      } as never;
    };
    @Controller('traced')
    class Traced {
      @Get()
      @Health({ name: 'traced' })
      @wrapped
      check(): HealthStatus {
        return HealthStatus.down('password=hunter2');
      }
    }
    const { ask } = await serve({ adapter, controllers: [Traced] });
    const { status, body } = await ask('/traced');
    expect([status, body.includes('hunter2')]).toEqual([503, false]);
  });

  it('leaves other routes of its controller alone', async () => {
    const { ask } = await serve({ adapter, controllers: [Resource, Scoped] });
    expect((await ask('/app/plain')).body).toBe('plain');
  });

  it.each([
    ['request-scoped', Scope.REQUEST],
    ['transient', Scope.TRANSIENT],
  ])('answers 503 if its controller is %s, and never what its method returns', async (_scope, scope) => {
    @Controller({ path: 'scoped', scope })
    class Leaking {
      static runs = 0;

      @Get('db')
      @Health('db')
      db(): HealthStatus {
        Leaking.runs++;
        return HealthStatus.down('password=hunter2');
      }

      @Get('false')
      @Health()
      no(): boolean {
        return false;
      }

      @Get('plain')
      plain(): string {
        return 'plain';
      }
    }
    const { ask } = await serve({ adapter, controllers: [Leaking] });
    const { status, headers, body, json } = await ask('/scoped/db');
    expect([status, body.includes('hunter2'), Leaking.runs]).toEqual([503, false, 0]);
    expect(json).toMatchObject({
      status: 'DOWN',
      checks: [
        {
          name: 'db',
          status: 'DOWN',
          data: {
            reason:
              'Leaking#db was not loaded as a health check; declare it on a controller with the default scope',
          },
        },
      ],
    });
    expect([headers.get('cache-control'), headers.get('content-type')]).toEqual([
      'no-store',
      expect.stringContaining('application/json'),
    ]);
    const other = await ask('/scoped/false');
    expect([other.status, other.json]).toMatchObject([503, { checks: [{ name: 'Leaking#no' }] }]);
    const forwarded = await ask('/scoped/db', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(forwarded.json).toEqual({ status: 'DOWN', checks: [{ name: 'db', status: 'DOWN' }] });
    expect((await ask('/scoped/db?format=health%2Bjson')).json.status).toBe('fail');
    expect((await ask('/scoped/plain')).body).toBe('plain');
  });

  it.each<[string, MethodDecorator, Scope]>([
    ['@Redirect()', Redirect('https://example.org'), Scope.DEFAULT],
    ['@Redirect()', Redirect('https://example.org'), Scope.REQUEST],
    ['@Render()', Render('page'), Scope.DEFAULT],
    ['@Sse()', Sse(), Scope.DEFAULT],
  ])('fails the boot if %s would answer in its place', async (decorator, decorate, scope) => {
    @Controller({ path: 'moved', scope })
    class Moved {
      @Get()
      @decorate
      @Health()
      check(): boolean {
        return false;
      }
    }
    await expect(serve({ adapter, controllers: [Moved] })).rejects.toThrow(
      `Moved#check has ${decorator} and is a health check, whose route answers the check with 200 or 503; take ${decorator} off`,
    );
  });

  it('fails the boot if @Health() is not on the function that has the route', async () => {
    class Base {
      @Health()
      check(): boolean {
        return false;
      }
    }
    @Controller('overridden')
    class Overridden extends Base {
      @Get()
      override check(): boolean {
        return false;
      }
    }
    const wrapped: MethodDecorator = (_target, _method, descriptor) => {
      const method = descriptor.value as unknown as () => unknown;
      return { ...descriptor, value: (() => method()) as never };
    };
    @Controller('wrapped')
    class Wrapped {
      @Get()
      @wrapped
      @Health()
      check(): boolean {
        return false;
      }
    }
    for (const controller of [Overridden, Wrapped])
      await expect(serve({ adapter, controllers: [controller] })).rejects.toThrow(
        `${controller.name}#check is a health check and has a route that would not answer it: put @Health() on this very method`,
      );
  });

  it('answers as it would anyway in an app without HealthModule', async () => {
    const app = await NestFactory.create({ module: class App {}, controllers: [Scoped] }, adapter(), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    try {
      expect(await (await fetch(`${await app.getUrl()}/scoped`)).text()).toBe('its own answer');
    } finally {
      await app.close();
    }
  });
});
