import { Body, type CanActivate, Controller, Get, Post, VersioningType } from '@nestjs/common';
import type { NestApplication } from '@nestjs/core';
import { map } from 'rxjs';
import { ADAPTERS, checkClass, serve } from '../../../test/health-app.js';
import { HealthStatus } from '../../index.js';

const named = (name: string, kind?: 'liveness' | 'readiness' | 'startup' | 'wellness', up = true) =>
  checkClass({ name, kinds: kind ? [kind] : [], groups: kind ? [] : ['g'] }, () => up, `${name}Check`);

const FIVE = [
  named('bare'),
  named('live', 'liveness'),
  named('ready', 'readiness'),
  named('start', 'startup'),
].concat(named('well', 'wellness'));
const ALL = ['bare', 'live', 'ready', 'start', 'well'];

@Controller()
class Api {
  @Get('own')
  own(): string {
    return 'own';
  }

  @Post('own')
  post(@Body() body: unknown): unknown {
    return body;
  }
}

/** Everything that an app may put around its own routes, each of which would spoil an answer. */
function surround(app: NestApplication): void {
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  app.useGlobalGuards({ canActivate: () => false } satisfies CanActivate);
  app.useGlobalPipes({ transform: () => 'piped' });
  app.useGlobalInterceptors({ intercept: (_context, next) => next.handle().pipe(map(() => 'wrapped')) });
  app.useGlobalFilters({
    catch: (_error: unknown, host) =>
      app.getHttpAdapter().reply(host.switchToHttp().getResponse(), { from: 'filter' }, 418),
  });
}

describe.each(ADAPTERS)('health endpoints on %s', (_name, adapter) => {
  it.each([
    ['/health', ALL],
    ['/health?ignored=1', ALL],
    ['/health/live', ['live']],
    ['/health/ready', ['ready']],
    ['/health/started', ['start']],
    ['/health/well', ['well']],
    ['/health/group/g', ['bare']],
    ['/health/check/ready', ['ready']],
    ['/health/check/readyCheck%23check', ['ready']],
  ])('answers %s with the checks that are meant, by name', async (path, names) => {
    const { ask } = await serve({ adapter, providers: FIVE });
    const { status, headers, json } = await ask(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toMatchObject({ status: 'UP', checks: names.map((name) => ({ name, status: 'UP' })) });
    expect(Object.keys(json)).toEqual(['status', 'checks']);
  });

  it.each([
    ['/health/group/unknown', 'there is no health group "unknown"'],
    ['/health/check/unknown', 'there is no health check "unknown"'],
    ['/health/components/state/unknown', 'there is no component of type "state" named "unknown"'],
  ])('answers %s with 404', async (path, detail) => {
    const { ask } = await serve({ adapter, providers: FIVE });
    const { status, headers, json } = await ask(path);
    expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
    expect(json).toMatchObject({ status: 404, detail });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers 503 only where a failed check counts', async () => {
    const { ask } = await serve({ adapter, providers: [...FIVE, named('sick', 'readiness', false)] });
    const paths = ['', '/ready', '/check/sick', '/live', '/started', '/well', '/group/g', '/check/ready'];
    const codes = await Promise.all(paths.map(async (path) => (await ask(`/health${path}`)).status));
    expect(codes).toEqual([503, 503, 503, 200, 200, 200, 200, 200]);
  });

  it('is UP with a degraded check, and with a failed one that is not critical', async () => {
    const degraded = checkClass({ name: 'slow' }, () => HealthStatus.degraded('slow disk'), 'Slow');
    const tolerated = checkClass({ name: 'tolerated', critical: false }, () => false, 'Tolerated');
    const { ask } = await serve({ adapter, providers: [degraded, tolerated] });
    const { status, json } = await ask('/health');
    expect([status, json]).toMatchObject([
      200,
      {
        status: 'UP',
        checks: [
          { name: 'slow', status: 'UP', data: { degraded: true, reason: 'slow disk' } },
          { name: 'tolerated', status: 'DOWN' },
        ],
      },
    ]);
  });

  it('answers without checks', async () => {
    const { ask } = await serve({ adapter });
    for (const path of ['', '/live', '/ready', '/started', '/well']) {
      const { status, json } = await ask(`/health${path}`);
      expect([path, status, json]).toEqual([path, 200, { status: 'UP', checks: [] }]);
    }
  });

  it.each(['/health', '/health/live', '/health/group/unknown', '/healthz', '/health/components'])(
    'mirrors GET %s for HEAD, without a body',
    async (path) => {
      const { ask } = await serve({ adapter, providers: [named('sick', undefined, false)] });
      const get = await ask(path);
      const head = await ask(path, { method: 'HEAD' });
      expect([head.status, head.body]).toEqual([get.status, '']);
      for (const header of ['content-type', 'cache-control']) {
        expect(head.headers.get(header)).toBe(get.headers.get(header));
      }
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'answers %s with 405 and what is allowed',
    async (method) => {
      let runs = 0;
      const { ask } = await serve({ adapter, providers: [checkClass({ name: 'x' }, () => void runs++)] });
      const body = method === 'POST' ? '{}' : null;
      for (const path of [
        '/health',
        '/health/ready',
        '/health/check/x',
        '/healthz',
        '/v1.0/healthz/outbound',
      ]) {
        const answer = await ask(path, {
          method,
          body,
          headers: body ? { 'content-type': 'application/json' } : {},
        });
        expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, 'GET, HEAD']);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.json).not.toHaveProperty('componentsHealth');
      }
      expect(runs).toBe(0);
    },
  );

  it("is untouched by the app's prefix, versions, guards, pipes, interceptors and filters", async () => {
    const { ask } = await serve({ adapter, providers: FIVE, controllers: [Api], configure: surround });
    expect(await ask('/api/v1/own')).toMatchObject({ status: 418, body: '{"from":"filter"}' });
    const { status, json } = await ask('/health');
    expect([status, json]).toMatchObject([200, { checks: ALL.map((name) => ({ name })) }]);
    expect((await ask('/health/group/unknown')).status).toBe(404);
    expect((await ask('/health', { method: 'POST' })).status).toBe(405);
    expect((await ask('/healthz')).status).toBe(204);
    expect((await ask('/health/components')).status).toBe(200);
    expect((await ask('/api/v1/health')).status).toBe(418);
  });

  it('leaves the routes of the app alone', async () => {
    const { ask } = await serve({ adapter, controllers: [Api] });
    expect((await ask('/own')).body).toBe('own');
    const init = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } };
    expect((await ask('/own', init)).json).toEqual({ a: 1 });
    expect((await ask('/unknown')).status).toBe(404);
  });
});
