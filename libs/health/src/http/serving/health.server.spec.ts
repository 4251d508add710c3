import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { once } from 'node:events';
import {
  Inject,
  type INestApplicationContext,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ManualClock } from '@vitals/core/time';
import { checkClass, onClock, serve } from '../../../test/health-app.js';
import { HealthModule, type HealthModuleOptions, HealthServer } from '../../index.js';

const Ready = checkClass({ name: 'a/b "c"', kinds: ['readiness'], groups: ['g'] }, () => true, 'Ready');
const open: INestApplicationContext[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

/** Says where a worker serves its health, and asks it. */
function reach(app: INestApplicationContext) {
  open.push(app);
  const url = `http://127.0.0.1:${app.get(HealthServer).port}`;
  return { app, url, ask: (path: string, init?: RequestInit) => fetch(url + path, init) };
}

/** A worker: an app without HTTP of its own. */
async function worker(health: HealthModuleOptions) {
  const Worker = { module: class Worker {}, imports: [HealthModule.forRoot(health)], providers: [Ready] };
  return reach(await NestFactory.createApplicationContext(Worker, { logger: false, abortOnError: false }));
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

  it('answers a probe that offers another protocol, as those of Java and curl do, as if it had not', async () => {
    const { url } = await worker({ port: 0, host: '127.0.0.1' });
    for (const upgrade of ['h2c', 'websocket']) {
      const asked = request(`${url}/health`, { headers: { connection: 'Upgrade', upgrade } }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      expect(answer.resume().statusCode).toBe(200);
    }
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
      constructor(@Inject(HealthServer) private readonly server: HealthServer) {}

      async onApplicationBootstrap(): Promise<void> {
        for (const path of ['/health/live', '/health/ready', '/health/started']) {
          seen.push((await fetch(`http://127.0.0.1:${this.server.port}${path}`)).status);
        }
      }
    }
    const clock = new ManualClock();
    const health = HealthModule.forRoot({ port: 0, host: '127.0.0.1', drain: '5s' });
    const Worker = { module: class Worker {}, imports: [health], providers: [Ready, Slow] };
    const { app, ask } = reach(await (await onClock(clock, Worker)).init());
    expect(seen).toEqual([200, 503, 503]);
    let ready = (await ask('/health/ready')).status;
    expect(ready).toBe(200);
    const closed = app.close();
    while (ready === 200) ready = (await ask('/health/ready')).status;
    expect([(await ask('/health/live')).status, ready]).toEqual([200, 503]);
    await clock.advance(5_000);
    await closed;
    await expect(ask('/health/live')).rejects.toThrow();
  });

  it('fails the boot when the port is taken, and says which', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(worker({ port, host: '127.0.0.1' })).rejects.toThrow(`port ${port} cannot be had`);
    taken.close();
  });
});
