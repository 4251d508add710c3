import { type AddressInfo, connect } from 'node:net';
import { once } from 'node:events';
import { Controller, Get, Injectable, type NestMiddleware } from '@nestjs/common';
import { ADAPTERS, checkClass, serve } from '../../../test/health-app.js';
import { HealthAccess, HealthRegistry } from '../../index.js';

@Controller()
class Greeting {
  @Get('hello')
  hello(): string {
    return 'hello';
  }
}

@Injectable()
class AcceptsKey extends HealthAccess {
  override accepts({ headers }: Parameters<HealthAccess['accepts']>[0]): boolean | Promise<boolean> {
    if (headers['x-key'] === 'broken') throw new Error('no key store');
    if (headers['x-key'] === 'hanging') return new Promise(() => undefined);
    return headers['x-key'] === 'open';
  }
}

/** Fails everything that passes through the framework. */
class Closed implements NestMiddleware {
  use(): void {
    throw new Error('closed');
  }
}

describe.each(ADAPTERS)('the listener for probes on %s', (_name, adapter) => {
  it('answers before middleware that lets nothing through, and leaves the rest to the app', async () => {
    const { ask } = await serve({
      adapter,
      controllers: [Greeting],
      configure: (app) => app.use(new Closed().use.bind(new Closed())),
    });
    expect((await ask('/health')).status).toBe(200);
    expect((await ask('/hello')).status).toBe(500);
  });

  it('leaves paths that are not of health to the app', async () => {
    const { ask } = await serve({ adapter, controllers: [Greeting] });
    expect((await ask('/hello')).body).toBe('hello');
    expect((await ask('/health/unknown')).status).toBe(404);
  });

  it('says 405 to a wrong method, whatever its body is', async () => {
    const { ask } = await serve({ adapter });
    const headers = { 'content-type': 'application/json' };
    const answer = await ask('/health', { method: 'POST', headers, body: '{broken' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('shares the answer among requests that come in together, and no longer', async () => {
    let runs = 0;
    const Counted = checkClass({ name: 'counted' }, () => void runs++);
    const { app } = await serve({ adapter, providers: [Counted] });
    const { port } = app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const request = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n';
    let received = '';
    const answers = async (count: number) => {
      while (received.split('HTTP/1.1 200').length <= count)
        received += String((await once(socket, 'data'))[0]);
    };
    socket.write(request.repeat(10));
    await answers(10);
    expect(runs).toBe(1);
    socket.write(request);
    await answers(11);
    expect(runs).toBe(2);
    socket.destroy();
  });

  it('keeps apart what is told to different callers, formats and checks', async () => {
    const Down = checkClass({ name: 'db' }, () => false);
    const { ask, app } = await serve({ adapter, providers: [Down] });
    const forwarded = { headers: { via: '1.1 proxy' } };
    const [local, remote, text] = await Promise.all([
      ask('/health'),
      ask('/health', forwarded),
      ask('/health', { headers: { accept: 'text/plain' } }),
    ]);
    expect(local.json.checks[0]).toHaveProperty('data.reason');
    expect(remote.json.checks).toEqual([{ name: 'db', status: 'DOWN' }]);
    expect(text.body).toContain('[-]db failed: reason withheld');
    app.get(HealthRegistry).remove('Checked#check');
    expect((await ask('/health')).status).toBe(200);
  });

  it('answers in the format that the app prefers, unless another is asked for', async () => {
    const { ask } = await serve({ adapter, health: { format: 'spring' } });
    expect((await ask('/health')).json).toEqual({ status: 'UNKNOWN', components: {} });
    expect((await ask('/health?format=microprofile')).json).toEqual({ status: 'UP', checks: [] });
    expect([(await ask('/livez')).body, (await ask('/health/metrics')).status]).toEqual(['ok', 200]);
  });

  it.each([
    ['open', true],
    ['wrong', false],
    ['broken', false],
    ['hanging', false],
  ])('asks the app how much to tell whom: key %s', async (key, full) => {
    const { ask } = await serve({
      adapter,
      providers: [checkClass({ name: 'db' }, () => false), { provide: HealthAccess, useClass: AcceptsKey }],
      host: '0.0.0.0',
    });
    const [check] = (await ask('/health', { headers: { 'x-key': key } })).json.checks;
    expect(check?.data !== undefined).toBe(full);
  });
});
