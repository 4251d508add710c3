import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LeaseSweeper } from '../../apps/control-plane/src/leases/lease.sweeper.js';
import { ADMIN, REGISTRATION } from '../support/secured.js';
import { type JsonAnswer, sendTo, SteppedClock, TestControlPlane, until } from '../support/control-plane.js';

/** How often a control plane sweeps, in milliseconds; what it does not see pass for longer, it does not count. */
const SWEEP_EVERY_MS = 50;
const DAYS_30_MS = 30 * 86_400_000;

const folder = mkdtempSync(join(tmpdir(), 'vitals-mass-failures-'));
const environment = {
  VITALS_HEARTBEAT_INTERVAL: '1s',
  VITALS_MASS_FAILURE_HOLD: '1h',
};
let lives = 0;
let clock: SteppedClock;
let plane: TestControlPlane;

const fileOf = (life: number): string => join(folder, `${life}.db`);

/** On a copy of what the life before left: a process keeps its lock for a while longer than the connection. */
async function start(wallMs?: number): Promise<void> {
  for (const suffix of ['', '-wal']) {
    const before = fileOf(lives) + suffix;
    if (existsSync(before)) copyFileSync(before, fileOf(lives + 1) + suffix);
  }
  clock = new SteppedClock(wallMs);
  plane = await TestControlPlane.start({ ...environment, DATABASE_URL: `sqlite:${fileOf(++lives)}` }, clock);
}

async function pass(ms: number): Promise<void> {
  const sweeper = plane.app.get(LeaseSweeper);
  for (let passedMs = 0; passedMs < ms; passedMs += SWEEP_EVERY_MS) {
    await clock.advance(SWEEP_EVERY_MS);
    await sweeper.sweep();
  }
}

const list = async (): Promise<Record<string, unknown>[]> =>
  (await plane.send('GET', '/mass-failures')).body['mass_failures'] as Record<string, unknown>[];

beforeAll(() => start());
afterAll(async () => {
  await plane.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('Mass failures over HTTP', () => {
  it('are listed while they go on, and last over a restart, wherever the wall clock is', async () => {
    for (let number = 1; number <= 5; number++) {
      await plane.register(`west-${number}`, { metadata: { zone: 'west' } });
      await plane.beat(`west-${number}`);
    }
    expect(await list()).toEqual([]);
    await pass(7_000);
    const before = await until(10_000, list, (failures) => failures.length === 2);
    const zone = before.find(({ scope }) => scope === 'zone');
    expect(zone).toMatchObject({
      kind: 'provider',
      name: 'west',
      state: 'ongoing',
      gone: 5,
      of: 5,
      ended_at: null,
    });
    expect(before.find(({ scope }) => scope === 'all')).toMatchObject({ name: null, ended_by: null });
    await plane.stop();
    await start(clock.wallMs() - DAYS_30_MS);
    const after = await list();
    expect(after).toMatchObject(before.map(({ id, began_at }) => ({ id, began_at, state: 'ongoing' })));
    const leftMs = Date.parse(String(after[0]?.['ends_at'])) - clock.wallMs();
    expect(leftMs).toBeGreaterThan(3_580_000);
    expect(leftMs).toBeLessThanOrEqual(3_600_000);
  });

  it('are acknowledged, durably, once or more often', async () => {
    const id = String((await list()).find(({ scope }) => scope === 'all')?.['id']);
    const acknowledge = (): Promise<JsonAnswer> => plane.send('PUT', `/mass-failures/${id}/acknowledgement`);
    const first = await acknowledge();
    expect(first).toMatchObject({
      status: 200,
      body: { id, state: 'acknowledged', gone: 5, of: 5, ends_at: null },
    });
    expect(await acknowledge()).toEqual({ ...first, headers: expect.anything() });
    await plane.stop();
    await start(clock.wallMs() + DAYS_30_MS);
    expect(await list()).toMatchObject([{ state: 'acknowledged' }, { state: 'acknowledged' }]);
    expect((await plane.send('GET', `/mass-failures/${id}`)).body).toEqual(first.body);
    await pass(2_000);
    expect(await list()).toHaveLength(2);
  });

  it.each(['7000', '0', 'x', '1e3', '9'.repeat(90)])('are unknown as %s', async (id) => {
    for (const [method, path] of [
      ['GET', `/mass-failures/${id}`],
      ['PUT', `/mass-failures/${id}/acknowledgement`],
    ] as const) {
      expect(await plane.send(method, path)).toMatchObject({
        status: 404,
        type: 'application/problem+json; charset=utf-8',
        body: { code: 'mass-failure-not-found' },
      });
    }
  });

  it('are acknowledged by an administrator only', async () => {
    const guarded = await TestControlPlane.start({
      VITALS_ADMIN_TOKEN: ADMIN,
      VITALS_REGISTRATION_TOKEN: REGISTRATION,
    });
    try {
      for (const path of ['/mass-failures', '/mass-failures/1']) {
        expect((await sendTo(guarded.url, 'GET', path)).status).toBe(401);
      }
      const authorization = { authorization: `Bearer ${REGISTRATION}` };
      const url = `${guarded.url}/mass-failures/1/acknowledgement`;
      expect((await fetch(url, { method: 'PUT', headers: authorization })).status).toBe(403);
    } finally {
      await guarded.stop();
    }
  });
});

describe('A reservation over a restart', () => {
  it.each([
    ['set back', -DAYS_30_MS],
    ['put ahead', DAYS_30_MS],
  ])('lasts as long as was left of it, with a clock %s by a month', async (_, byMs) => {
    await plane.register('holder', { metadata: { resources: { total_cpu: 8 } } });
    await plane.beat('holder');
    const body = { requirement: { cpu: 8 }, ttl_seconds: 60 };
    const made = await plane.send('POST', '/placement/reservations', body);
    const path = `/placement/reservations/${String(made.body['id'])}`;
    await pass(20_000);
    await plane.stop();
    await start(clock.wallMs() + byMs);
    const { status, body: kept } = await plane.send('GET', path);
    expect([made.status, status, kept['state']]).toEqual([201, 200, 'held']);
    const leftMs = Date.parse(String(kept['expires_at'])) - clock.wallMs();
    expect(leftMs).toBeGreaterThan(39_000);
    expect(leftMs).toBeLessThan(51_000);
    await pass(leftMs + 1_000);
    await until(
      10_000,
      () => plane.send('GET', path),
      (answer) => answer.status === 404,
    );
  });
});
