import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Health, HealthModule, HealthStatus } from './index.js';

@Injectable()
class Disk {
  @Health({ name: 'disk', kinds: ['readiness'] })
  check(): HealthStatus {
    return HealthStatus.named('diskspace').up().withAttribute('freebytes', 5);
  }
}

@Controller('app')
class Resource {
  @Get('diskspace')
  @Health('route')
  check(): HealthStatus {
    return HealthStatus.down('full');
  }
}

@Module({ imports: [HealthModule], providers: [Disk], controllers: [Resource] })
class App {}

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('HealthModule on %s', (_name, adapter) => {
  it('answers health for what it finds', async () => {
    const app = await NestFactory.create(App, adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const answer = await fetch(`${url}/health`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ status: 'DOWN', checks: [{ name: 'diskspace', status: 'UP', data: { freebytes: 5 } }, { name: 'route', status: 'DOWN', reason: 'full' }] });
    const route = await fetch(`${url}/app/diskspace`);
    expect(route.status).toBe(503);
    expect(route.headers.get('content-type')).toContain('application/json');
    expect(await route.json()).toMatchObject({ status: 'DOWN', checks: [{ name: 'route' }] });
    expect((await fetch(`${url}/healthz`)).status).toBe(204);
    const post = await fetch(`${url}/health`, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const head = await fetch(`${url}/health`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([503, '']);
    await app.close();
  });
});
