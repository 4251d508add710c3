import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { BUFFERS, buffersInSource, flushedInSource, nestHooksInSource } from '../support/buffered.js';
import { registration, sendTo, until } from '../support/control-plane.js';
import { ControlPlaneProcess } from '../support/control-plane-process.js';
import { beat, CheckedService, Everything, type Told } from '../support/everything-buffered.js';

let service: CheckedService;
let folder: string;
let path: string;
let plane: ControlPlaneProcess;

beforeEach(async () => {
  service = await CheckedService.start();
  folder = mkdtempSync(join(tmpdir(), 'vitals-shutdown-'));
  path = join(folder, 'vitals.db');
});

afterEach(async () => {
  service.stop();
  await plane?.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  plane = await ControlPlaneProcess.start({ DATABASE_URL: `sqlite:${path}`, ...environment });
}

/** Starts again on nothing but a copy of the main file, and compares with what was told before. */
async function expectEverythingIn(told: Told): Promise<void> {
  expect(plane.output).not.toMatch(/not open|LOST|"level":"error"/);
  expect(statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
  copyFileSync(path, join(folder, 'copy.db'));
  path = join(folder, 'copy.db');
  await start();
  const everything = new Everything(plane.url, told.reservation);
  const found = await everything.told();
  expect(found.transitions.slice(0, told.transitions.length)).toEqual(told.transitions);
  expect(found.results).toEqual(expect.arrayContaining([...told.results]));
  expect(found.streak.since).toBe(told.streak.since);
  expect(found.streak.failures).toBeGreaterThanOrEqual(told.streak.failures);
  expect(Date.parse(found.heardAt)).toBeGreaterThanOrEqual(Date.parse(told.heardAt));
  expect(found.reservation).toBe(told.reservation);
  const successes = told.results.filter(({ outcome }) => outcome === 'success').length;
  // of the check that falls one result was a success
  expect(await everything.counted()).toBeGreaterThanOrEqual(successes - 1);
}

it('The list of what is buffered, and of who flushes it at shutdown, is that of the sources', () => {
  expect(buffersInSource()).toEqual(BUFFERS);
  expect(flushedInSource()).toEqual(expect.arrayContaining(Object.keys(BUFFERS)));
});

it('Nothing but the shutdown itself hears the hooks that Nest calls when a process ends', () => {
  expect(nestHooksInSource()).toEqual(['apps/control-plane/src/shutdown/shutdown.ts']);
});

describe('Everything that was ever buffered', () => {
  it.each([
    ['SIGTERM', ['SIGTERM'], '0'],
    ['SIGINT', ['SIGINT'], '0'],
    ['a drain', ['SIGTERM'], '1s'],
    // the second one ends a drain that would outlast this test
    ['SIGTERM twice', ['SIGTERM', 'SIGTERM'], '5m'],
    ['SIGINT twice, as from a shell and npm', ['SIGINT', 'SIGINT'], '5m'],
  ] as const)('is found again after %s', async (_what, signals, VITALS_DRAIN) => {
    await start({ VITALS_DRAIN });
    const told = await Everything.buffered(plane.url, service);
    for (const signal of signals) {
      plane.signal(signal);
      // two signals of one kind that are pending at once are one
      if (signals.length > 1) await until(20_000, () => Promise.resolve(plane.output), drains);
    }
    expect(await plane.exit()).toBe(0);
    await expectEverythingIn(told);
  });

  it('is found again after SIGTERM under load, and with it every beat that was acknowledged', async () => {
    await start();
    const names = Array.from({ length: 20 }, (_, index) => `loaded-${index}`);
    for (const name of names) await sendTo(plane.url, 'POST', '/providers', registration(name));
    for (let index = 0; index < 50; index++) {
      const http = { url: service.url('/up') };
      await sendTo(plane.url, 'POST', '/checks', { id: `load-${index}`, type: 'http', http, interval: '1s' });
    }
    const acknowledged = new Map<string, number>();
    let running = true;
    const load = names.map(async (name) => {
      while (running) {
        const sentAtMs = Date.now();
        const status = await beat(plane.url, name).catch(() => undefined);
        if (status === undefined) return;
        if (status === 200) acknowledged.set(name, sentAtMs);
      }
    });
    const told = await Everything.buffered(plane.url, service);
    expect(await plane.kill('SIGTERM')).toBe(0);
    running = false;
    await Promise.all(load);
    await expectEverythingIn(told);
    expect(acknowledged.size).toBe(names.length);
    for (const [name, sentAtMs] of acknowledged) {
      const { body } = await sendTo(plane.url, 'GET', `/providers/${name}/status`);
      expect(Date.parse(String(body['last_heartbeat_at']))).toBeGreaterThanOrEqual(sentAtMs);
    }
  });

  it('may lack what docs/checks.md says after kill -9, and nothing else', async () => {
    await start();
    const told = await Everything.buffered(plane.url, service);
    await plane.kill('SIGKILL');
    await start();
    const found = await new Everything(plane.url, told.reservation).told();
    expect(found.transitions.slice(0, told.transitions.length)).toEqual(told.transitions);
    expect(found.reservation).toBe(told.reservation);
    const { body } = await sendTo(plane.url, 'GET', '/checks');
    expect((body['checks'] as { id: string }[]).map(({ id }) => id)).toEqual(['falls', 'up']);
  });
});

describe('A drain', () => {
  it('serves everything while readiness is DOWN, and ends its connections one by one', async () => {
    await start({ VITALS_DRAIN: '5m' });
    await sendTo(plane.url, 'POST', '/providers', registration('p1'));
    const socket = new WebSocket(`${plane.url.replace('http', 'ws')}/ws`);
    const left = once(socket, 'close');
    await once(socket, 'open');
    plane.signal('SIGTERM');
    const ask = (of: string): ReturnType<typeof sendTo> => sendTo(plane.url, 'GET', of);
    const ready = await until(
      20_000,
      () => ask('/health/ready'),
      ({ status }) => status === 503,
    );
    expect(ready.headers.get('connection')).toBe('close');
    expect((await ask('/healthz')).body['message']).toBe('vitals is not ready: [shutdown]');
    expect((await ask('/health/live')).status).toBe(200);
    expect(await beat(plane.url, 'p1')).toBe(200);
    const late = await sendTo(plane.url, 'POST', '/providers', registration('late'));
    expect([late.status, late.headers.get('connection')]).toEqual([201, 'close']);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    plane.signal('SIGINT');
    expect((await left)[0]).toBe(1001);
    expect(await plane.exit()).toBe(0);
    await start();
    expect((await ask('/providers/p1/status')).body['availability']).toBe('Unknown');
    expect((await ask('/providers/late')).status).toBe(200);
  });
});

/** Of util-linux: not everywhere. */
const limitable = spawnSync('prlimit', ['--version']).status === 0;

describe('A shutdown that cannot write', () => {
  (limitable ? it : it.skip)('ends all the same, says what is lost, and exits with 1', async () => {
    await start();
    await Everything.buffered(plane.url, service);
    execFileSync('prlimit', ['--pid', String(plane.pid), '--fsize=4096:']);
    // decided, and not to be written any more
    await sendTo(plane.url, 'PUT', '/checks/up', {
      id: 'up',
      type: 'http',
      http: { url: service.url('/falls') },
    });
    expect(await plane.kill('SIGTERM')).toBe(1);
    expect(plane.output).toMatch(
      /LOST, for the database could not be written to within 10 s: .*\d+ checks with results/,
    );
  });
});

describe('A signal while it starts', () => {
  it('ends the process with 0 as soon as it has started, without a word of trouble', async () => {
    const { code, text } = await ControlPlaneProcess.signalledAtStart(
      { DATABASE_URL: `sqlite:${path}`, LOG_LEVEL: 'debug', PORT: '0' },
      'SIGTERM',
    );
    expect(code).toBe(0);
    expect(text).not.toMatch(/"level":"(error|warn)"|\n\s+at /);
  });
});

function drains(text: string): boolean {
  return text.includes('readiness is DOWN');
}
