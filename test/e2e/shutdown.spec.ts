import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { BUFFERS, buffersInSource, flushedInSource, nestHooksInSource } from '../support/buffered.js';
import { registration, sendTo, until } from '../support/control-plane.js';
import { beat } from '../support/everything-buffered.js';
import { Life } from '../support/life.js';

it('The list of what is buffered, and of who flushes it at shutdown, is that of the sources', () => {
  expect(buffersInSource()).toEqual(BUFFERS);
  expect(flushedInSource()).toEqual(expect.arrayContaining(Object.keys(BUFFERS)));
});

it('Nothing but the shutdown itself hears the hooks that Nest calls when a process ends', () => {
  expect(nestHooksInSource()).toEqual(['apps/control-plane/src/shutdown/shutdown.ts']);
});

it.concurrent(
  'Everything is found again after SIGTERM under load, and with it every beat that was acknowledged',
  () =>
    Life.lived(async (life) => {
      await life.start();
      const { url } = life;
      const names = Array.from({ length: 20 }, (_, index) => `loaded-${index}`);
      for (const name of names) await sendTo(url, 'POST', '/providers', registration(name));
      for (let index = 0; index < 50; index++) {
        const http = { url: life.service.url('/up') };
        await sendTo(url, 'POST', '/checks', { id: `load-${index}`, type: 'http', http, interval: '1s' });
      }
      const acknowledged = new Map<string, number>();
      let running = true;
      const load = names.map(async (name) => {
        while (running) {
          const sentAtMs = Date.now();
          const status = await beat(url, name).catch(() => undefined);
          if (status === undefined) return;
          if (status === 200) acknowledged.set(name, sentAtMs);
        }
      });
      const told = await life.buffered();
      expect(await life.plane.kill('SIGTERM')).toBe(0);
      running = false;
      await Promise.all(load);
      await life.expectEverythingIn(told);
      expect(acknowledged.size).toBe(names.length);
      for (const [name, sentAtMs] of acknowledged) {
        const { body } = await life.ask(`/providers/${name}/status`);
        expect(Date.parse(String(body['last_heartbeat_at']))).toBeGreaterThanOrEqual(sentAtMs);
      }
    }),
);

it.concurrent('A drain serves everything while readiness is DOWN, and ends its connections one by one', () =>
  Life.lived(async (life) => {
    await life.start({ VITALS_DRAIN: '5m' });
    await sendTo(life.url, 'POST', '/providers', registration('p1'));
    const socket = new WebSocket(`${life.url.replace('http', 'ws')}/ws`);
    const left = once(socket, 'close');
    await once(socket, 'open');
    life.plane.signal('SIGTERM');
    const ready = await until(
      20_000,
      () => life.ask('/health/ready'),
      ({ status }) => status === 503,
    );
    expect(ready.headers.get('connection')).toBe('close');
    expect((await life.ask('/healthz')).body['message']).toBe('vitals is not ready: [shutdown]');
    expect((await life.ask('/health/live')).status).toBe(200);
    expect(await beat(life.url, 'p1')).toBe(200);
    const late = await sendTo(life.url, 'POST', '/providers', registration('late'));
    expect([late.status, late.headers.get('connection')]).toEqual([201, 'close']);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    life.plane.signal('SIGINT');
    expect((await left)[0]).toBe(1001);
    expect(await life.plane.exit()).toBe(0);
    await life.start();
    expect((await life.ask('/providers/p1/status')).body['availability']).toBe('Unknown');
    expect((await life.ask('/providers/late')).status).toBe(200);
  }),
);

/** Of util-linux: not everywhere. */
const limitable = spawnSync('prlimit', ['--version']).status === 0;

(limitable ? it.concurrent : it.skip)(
  'A shutdown that cannot write ends all the same, says what is lost, and exits with 1',
  () =>
    Life.lived(async (life) => {
      await life.start();
      await life.buffered();
      execFileSync('prlimit', ['--pid', String(life.plane.pid), '--fsize=4096:']);
      // decided, and not to be written any more
      await sendTo(life.url, 'PUT', '/checks/up', {
        id: 'up',
        type: 'http',
        http: { url: life.service.url('/falls') },
      });
      expect(await life.plane.kill('SIGTERM')).toBe(1);
      expect(life.plane.output).toMatch(
        /LOST, for the database could not be written to within 10 s: .*\d+ checks with results/,
      );
    }),
);
