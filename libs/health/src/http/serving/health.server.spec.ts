import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplicationContext, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { checkClass, serve } from '../../../test/health-app.js';
import { HealthModule, type HealthModuleOptions, HealthServer } from '../../index.js';

const Ready = checkClass({ name: 'a/b "c"', kinds: ['readiness'], groups: ['g'] }, () => true, 'Ready');
const open: INestApplicationContext[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

/** A worker: an app without HTTP of its own. */
async function worker(health: HealthModuleOptions, ...providers: (new () => object)[]) {
  const app = await NestFactory.createApplicationContext(
    { module: class Worker {}, imports: [HealthModule.forRoot(health)], providers: [Ready, ...providers] },
    { logger: false, abortOnError: false },
  );
  open.push(app);
  const ask = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${app.get(HealthServer).port}${path}`, init);
  return { app, ask };
}

describe('health on a port of its own', () => {
  it.each([
    ['/health', 200],
    ['/health/ready', 200],
    ['/health/group/g', 200],
    [`/health/check/${encodeURIComponent('a/b "c"')}`, 200],
    ['/health/check/%zz', 404],
    ['/health/check/', 404],
    ['/health/group/unknown', 404],
    ['/healthz', 204],
    ['/livez', 200],
    ['/health/metrics', 200],
    ['/', 404],
    ['/health/../etc', 404],
  ])('serves a worker at %s with %d', async (path, status) => {
    const { ask } = await worker({ port: 0, host: '127.0.0.1' });
    expect((await ask(path)).status).toBe(status);
  });

  it('says 405 to a wrong method, and below a prefix serves nothing else', async () => {
    const { ask } = await worker({ port: 0, host: '127.0.0.1', prefix: '/ops' });
    expect((await ask('/ops/health', { method: 'DELETE' })).status).toBe(405);
    expect((await ask('/health')).status).toBe(404);
  });

  it('takes health away from the port of the app', async () => {
    const { app, ask } = await serve({ health: { port: 0, host: '127.0.0.1' } });
    expect((await ask('/health')).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${app.get(HealthServer).port}/health`)).status).toBe(200);
  });

  it('answers before bootstrap is complete, and while the app closes', async () => {
    const seen: number[] = [];
    @Injectable()
    class Slow implements OnApplicationBootstrap {
      async onApplicationBootstrap(): Promise<void> {
        for (const path of ['/health/live', '/health/ready', '/health/started']) {
          seen.push((await fetch(`http://127.0.0.1:${port}${path}`)).status);
        }
      }
    }
    const port = await freePort();
    const { app, ask } = await worker({ port, host: '127.0.0.1', drain: '200ms' }, Slow);
    expect(seen).toEqual([200, 503, 503]);
    expect((await ask('/health/ready')).status).toBe(200);
    const closed = app.close();
    await sleep(20);
    expect([(await ask('/health/live')).status, (await ask('/health/ready')).status]).toEqual([200, 503]);
    await closed;
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow();
  });

  it('fails the boot when the port is taken, and says which', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(worker({ port, host: '127.0.0.1' })).rejects.toThrow(`port ${port} cannot be had`);
    taken.close();
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
