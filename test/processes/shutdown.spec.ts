import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { registration, sendTo, until } from '../support/control-plane.js';
import { ControlPlaneProcess } from '../support/control-plane-process.js';
import { beat, Everything } from '../support/everything-buffered.js';
import { Life } from '../support/life.js';
import { RawConnection, rawRequest } from '../support/raw-connection.js';

/** Of util-linux: not everywhere. */
const limitable = spawnSync('prlimit', ['--version']).status === 0;

it.concurrent.each([
  ['SIGTERM', ['SIGTERM'], '0'],
  ['SIGINT', ['SIGINT'], '0'],
  ['a drain', ['SIGTERM'], '1s'],
  // the second one ends a drain that would outlast this test
  ['SIGTERM twice', ['SIGTERM', 'SIGTERM'], '5m'],
  ['SIGINT twice, as from a shell and npm', ['SIGINT', 'SIGINT'], '5m'],
] as const)('Everything that was ever buffered is found again after %s', (_what, signals, VITALS_DRAIN) =>
  Life.lived(async (life) => {
    await life.start({ VITALS_DRAIN });
    const told = await life.buffered();
    for (const signal of signals) {
      life.plane.signal(signal);
      // two signals of one kind that are pending at once are one
      if (signals.length > 1) await until(20_000, () => Promise.resolve(life.plane.output), drains);
    }
    expect(await life.plane.exit()).toBe(0);
    await life.expectEverythingIn(told);
  }),
);

it.concurrent('What is buffered may lack after kill -9 what docs/checks.md says, and nothing else', () =>
  Life.lived(async (life) => {
    await life.start();
    const told = await life.buffered();
    await life.plane.kill('SIGKILL');
    await life.start();
    const found = await new Everything(life.url, told.reservation).told();
    expect(found.transitions.slice(0, told.transitions.length)).toEqual(told.transitions);
    expect(found.reservation).toBe(told.reservation);
    const { body } = await life.ask('/checks');
    expect((body['checks'] as { id: string }[]).map(({ id }) => id)).toEqual(['falls', 'up']);
  }),
);

it.concurrent(
  'A signal while it starts ends the process with 0 as soon as it has started, without a word of trouble',
  () =>
    Life.lived(async (life) => {
      const { code, text } = await ControlPlaneProcess.signalledAtStart(
        { ...life.database, LOG_LEVEL: 'debug', PORT: '0' },
        'SIGTERM',
      );
      expect(code).toBe(0);
      expect(text).not.toMatch(/"level":"(error|warn)"|\n\s+at /);
    }),
);

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

it.concurrent(
  'SIGTERM while a fleet beats over connections that it keeps: every answer that was begun is given',
  () =>
    Life.lived(async (life) => {
      await life.start();
      const { url } = life;
      const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
      for (const name of names) await sendTo(url, 'POST', '/providers', registration(name));
      const acknowledged = new Map<string, string>();
      const tried = new Map<string, string>();
      const beating = names.map(async (name) => {
        const connection = await RawConnection.open(url);
        for (let sent = 1; !connection.ended && !connection.closed; sent++) {
          const phase = sent % 2 ? 'NotReady' : 'Ready';
          tried.set(name, phase);
          const message = { timestamp: new Date().toISOString(), phase };
          connection.send(rawRequest(`PUT /providers/${name}/status`, message));
          const answers = await connection.answers(sent);
          if (answers.length === sent && answers.at(-1)?.status === 200) acknowledged.set(name, phase);
        }
        connection.destroy();
      });
      while (acknowledged.size < names.length) await new Promise((resume) => setTimeout(resume, 10));
      expect(await life.plane.kill('SIGTERM')).toBe(0);
      await Promise.all(beating);
      await life.start();
      for (const name of names) {
        const { body } = await life.ask(`/providers/${name}`);
        // what was acknowledged is kept
        expect([acknowledged.get(name), tried.get(name)]).toContain(body['phase']);
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

function drains(text: string): boolean {
  return text.includes('readiness is DOWN');
}
