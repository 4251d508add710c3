import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonAnswer, registration, sendTo, until } from '../support/control-plane.js';
import { ControlPlaneProcess } from '../support/control-plane-process.js';

const folder = mkdtempSync(join(tmpdir(), 'vitals-disk-'));
const DATABASE_URL = `sqlite:${join(folder, 'vitals.db')}`;
let plane: ControlPlaneProcess;

afterAll(async () => {
  await plane?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (method: string, path: string, body?: unknown): Promise<JsonAnswer> =>
  sendTo(plane.url, method, path, body);
const beat = (name: string, phase = 'Ready'): Promise<JsonAnswer> =>
  ask('PUT', `/providers/${name}/status`, { timestamp: new Date().toISOString(), phase });
const register = (name: string): Promise<JsonAnswer> => ask('POST', '/providers', registration(name));
const availabilityOf = async (name: string): Promise<unknown> =>
  (await ask('GET', `/providers/${name}/status`)).body['availability'];
const log = async (): Promise<{ sequence: number; subject: string; to: string }[]> =>
  (await ask('GET', '/transitions')).body['transitions'] as never;

/** Lets no file of the process grow beyond so many bytes: a disk that is full, without one. */
function limitFiles(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(plane.pid), `--fsize=${bytes}:`]);
}

/** Of util-linux: not everywhere. */
const limitable = spawnSync('prlimit', ['--version']).status === 0;

describe('A disk that is full', () => {
  (limitable ? it : it.skip)(
    'refuses what must be durable, keeps the rest going, and is over by itself',
    async () => {
      const quick = { VITALS_HEARTBEAT_INTERVAL: '1s', VITALS_HEARTBEAT_GRACE: '1s' };
      plane = await ControlPlaneProcess.start({ DATABASE_URL, ...quick });
      for (const name of ['stays', 'dies', 'changes']) {
        await register(name);
        await beat(name);
      }
      const keptAlive: Promise<JsonAnswer>[] = [];
      const others: Promise<JsonAnswer>[] = [];
      const keepAlive = setInterval(() => {
        keptAlive.push(beat('stays'));
        others.push(beat('changes'));
      }, 500);

      limitFiles(4_096);
      const refused = [
        await register('refused'),
        await beat('changes', 'Draining'),
        await ask('PUT', '/providers/stays/cordon'),
        await ask('PATCH', '/providers/stays/resources', {
          timestamp: '2026-01-01T00:00:00Z',
          capacity: { cpu: 1 },
        }),
        await ask('DELETE', '/providers/stays'),
      ];
      for (const { status, type, headers, body } of refused) {
        expect([status, type, headers.get('retry-after'), body['code']]).toEqual([
          503,
          'application/problem+json; charset=utf-8',
          '1',
          'store-unavailable',
        ]);
      }
      expect((await beat('stays')).status).toBe(200);
      expect((await ask('GET', '/providers/refused')).status).toBe(404);
      await until(
        30_000,
        () => ask('GET', '/health/ready'),
        ({ status }) => status === 503,
      );
      expect((await ask('GET', '/health/live')).status).toBe(200);
      await until(
        30_000,
        () => availabilityOf('dies'),
        (availability) => availability === 'Unavailable',
      );
      expect(await log()).toHaveLength(3);

      limitFiles('unlimited');
      await until(
        30_000,
        () => register('afterwards'),
        ({ status }) => status === 201,
      );
      await until(
        30_000,
        () => log(),
        (rows) => rows.length > 3,
      );
      await until(
        30_000,
        () => beat('changes', 'Draining'),
        ({ status }) => status === 200,
      );
      await until(
        30_000,
        () => ask('GET', '/health/ready'),
        ({ status }) => status === 200,
      );
      clearInterval(keepAlive);
      await Promise.all(others);
      expect(new Set((await Promise.all(keptAlive)).map(({ status }) => status))).toEqual(new Set([200]));
      expect((await log()).slice(3)).toMatchObject([{ sequence: 4, subject: 'dies', to: 'Unavailable' }]);

      await plane.kill();
      plane = await ControlPlaneProcess.start({ DATABASE_URL });
      const { providers } = (await ask('GET', '/providers')).body as { providers: { name: string }[] };
      expect(providers.map(({ name }) => name)).toEqual(['afterwards', 'changes', 'dies', 'stays']);
      expect((await log()).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    },
  );
});
