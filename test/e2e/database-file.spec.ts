import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonAnswer, registration, sendTo, until } from '../support/control-plane.js';
import { bootFailure, ControlPlaneProcess } from '../support/control-plane-process.js';

const outer = mkdtempSync(join(tmpdir(), 'vitals-file-'));
const folder = join(outer, 'data');
const path = join(folder, 'vitals.db');
const away = join(outer, 'away.db');
const database = { DATABASE_URL: `sqlite:${path}` };
const quick = { ...database, VITALS_HEARTBEAT_INTERVAL: '1s', VITALS_HEARTBEAT_GRACE: '1s' };
const running: ControlPlaneProcess[] = [];
let plane: ControlPlaneProcess;

beforeEach(() => mkdirSync(folder));

afterEach(async () => {
  for (const one of running.splice(0)) await one.kill();
  for (const name of [folder, away]) rmSync(name, { recursive: true, force: true });
});

afterAll(() => rmSync(outer, { recursive: true }));

async function start(environment: Readonly<Record<string, string>> = database): Promise<void> {
  plane = await ControlPlaneProcess.start(environment);
  running.push(plane);
}

const ask = (method: string, at: string, body?: unknown): Promise<JsonAnswer> =>
  sendTo(plane.url, method, at, body);
const register = (name: string): Promise<JsonAnswer> => ask('POST', '/providers', registration(name));
const beat = (name: string, phase = 'Ready'): Promise<JsonAnswer> =>
  ask('PUT', `/providers/${name}/status`, { timestamp: new Date().toISOString(), phase });
const ready = async (): Promise<number> => (await ask('GET', '/health/ready')).status;
const names = async (): Promise<string[]> =>
  ((await ask('GET', '/providers')).body['providers'] as { name: string }[]).map(({ name }) => name);
const log = async (): Promise<{ sequence: number; subject: string; to: string }[]> =>
  (await ask('GET', '/transitions')).body['transitions'] as never;

describe('A database file that disappears while the control plane runs', () => {
  it('turns readiness red, lets nothing be acknowledged that would be lost, and is written to once it is back', async () => {
    await start(quick);
    for (const name of ['stays', 'dies', 'changes']) {
      await register(name);
      await beat(name);
    }
    renameSync(path, away);
    const keptAlive: Promise<JsonAnswer>[] = [];
    const others: Promise<JsonAnswer>[] = [];
    const keepAlive = setInterval(() => {
      keptAlive.push(beat('stays'));
      others.push(beat('changes'));
    }, 400);
    const refused = [
      await register('refused'),
      await ask('PUT', '/providers/p2', { ...registration('p2'), name: undefined }),
      await ask('POST', '/tokens', { kind: 'read-only' }),
      await ask('PUT', '/checks/c', { type: 'ttl', interval: '1h' }),
      await ask('PUT', '/providers/stays/cordon'),
      await beat('changes', 'Draining'),
      await ask('DELETE', '/providers/stays'),
    ];
    expect(refused.map(({ status, body }) => [status, body['code']])).toEqual(
      refused.map(() => [503, 'store-unavailable']),
    );
    expect(refused[0]?.body['detail']).toMatch(/vitals\.db is gone\. Put it back, or take a backup/);
    expect(
      (await ask('POST', '/services', { serviceId: 's', protocol: 'http', address: '10.0.0.1', port: 80 }))
        .status,
    ).toBe(503);
    expect([await ready(), (await ask('GET', '/health/live')).status]).toEqual([503, 200]);
    const { components } = (await ask('GET', '/components')).body as { components: { name: string }[] };
    expect(components.find(({ name }) => name === 'database')).toMatchObject({
      status: 'NOT_OK',
      lastError: expect.stringContaining('is gone'),
    });
    await until(
      30_000,
      () => ask('GET', '/providers/dies/status'),
      ({ body }) => body['availability'] === 'Unavailable',
    );
    expect(await log()).toHaveLength(3);
    const { code, text } = await bootFailure({ ...database, PORT: '0' });
    expect([code, text]).toEqual([1, expect.stringMatching(/-wal is there without .*restore a backup/)]);

    renameSync(away, path);
    await until(30_000, log, (rows) => rows.length > 3);
    expect((await register('afterwards')).status).toBe(201);
    expect(await ready()).toBe(200);
    clearInterval(keepAlive);
    await Promise.all(others);
    expect(new Set((await Promise.all(keptAlive)).map(({ status }) => status))).toEqual(new Set([200]));
    await plane.kill();
    await start();
    expect(await names()).toEqual(['afterwards', 'changes', 'dies', 'stays']);
    expect((await log()).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(plane.output).toMatch(/database \S+vitals\.db: 4 providers, 0 services, 0 checks/);
  });

  it('acknowledges nothing more once another control plane has begun a new file there, and spares that', async () => {
    await start();
    const first = plane;
    expect((await register('a')).status).toBe(201);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    await start();
    expect(plane.output).toContain('(new): 0 providers');
    const { status, body } = await sendTo(first.url, 'POST', '/providers', registration('b'));
    expect([status, body['detail']]).toEqual([503, expect.stringContaining('another file lies at')]);
    expect((await sendTo(first.url, 'GET', '/health/ready')).status).toBe(503);
    expect((await register('c')).status).toBe(201);
    await first.kill('SIGTERM');
    expect((await register('d')).status).toBe(201);
    await plane.kill();
    await start();
    expect(await names()).toEqual(['c', 'd']);
  });

  it('says that the file was cut off, and does not write to it', async () => {
    await start();
    await register('a');
    truncateSync(path, 0);
    expect((await register('b')).body['detail']).toMatch(/another program changed .*restore a backup/);
    expect(await ready()).toBe(503);
    await plane.kill('SIGTERM');
    expect(statSync(path).size).toBe(0);
    expect((await bootFailure({ ...database, PORT: '0' })).text).toMatch(/0 bytes.*[Rr]estore a backup/);
  });

  it('goes on when only the WAL was removed, and loses nothing', async () => {
    await start();
    await register('a');
    rmSync(`${path}-wal`);
    // nobody writes: it is found by itself
    await until(30_000, ready, (status) => status === 200 && existsSync(`${path}-wal`));
    expect((await register('b')).status).toBe(201);
    await plane.kill();
    await start();
    expect(await names()).toEqual(['a', 'b']);
  });
});

describe('The database at boot', () => {
  it('is its owner’s alone whatever the umask, and says what it holds; a clean stop leaves one file', async () => {
    const umask = process.umask(0);
    await start().finally(() => process.umask(umask));
    expect(plane.output).toMatch(/database \S+vitals\.db \(new\): 0 providers, 0 services, 0 checks/);
    await register('a');
    await ask('PUT', '/checks/c', { type: 'ttl', interval: '1h' });
    for (const name of [path, `${path}-wal`]) expect(statSync(name).mode & 0o777).toBe(0o600);
    expect(await plane.kill('SIGTERM')).toBe(0);
    expect(existsSync(`${path}-wal`)).toBe(false);
    chmodSync(path, 0o644);
    await start();
    expect(plane.output).toMatch(/vitals\.db: 1 providers, 0 services, 1 checks/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('in memory is said to last no longer than the process', async () => {
    await start({ DATABASE_URL: 'sqlite::memory:' });
    expect(plane.output).toContain('in memory: nothing outlasts this process');
  });

  it('is refused if a newer version migrated it, and not a byte of it or of its WAL changes', async () => {
    await start();
    await register('a');
    await plane.kill();
    const migrate = `
      const database = new (require('libsql'))(${JSON.stringify(path)});
      database.exec("INSERT INTO migrations (timestamp, name) VALUES (9e12, 'Tomorrow9000000000000')");
      process.kill(process.pid, 'SIGKILL');`;
    expect(() => execFileSync(process.execPath, ['-e', migrate])).toThrow();
    const bytes = (): string[] => ['', '-wal'].map((suffix) => readFileSync(path + suffix, 'latin1'));
    rmSync(`${path}-shm`, { force: true });
    const before = bytes();
    const { code, text } = await bootFailure({ ...database, PORT: '0' });
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/newer version \(Tomorrow9000000000000; .*restore a backup/),
    ]);
    expect(text).not.toMatch(/\n\s+at /);
    expect(bytes()).toEqual(before);
  });

  it.each<[what: string, make: () => void, says: RegExp]>([
    ['no folder', () => rmSync(folder, { recursive: true }), /the folder .* does not exist.*mkdir -p/],
    ['an empty file', () => writeFileSync(path, ''), /0 bytes/],
    ['a WAL without its file', () => writeFileSync(`${path}-wal`, 'x'), /is there without/],
  ])('is refused where there is %s, in one sentence', async (_what, make, says) => {
    make();
    const { code, text } = await bootFailure({ ...database, PORT: '0' });
    expect([code, text]).toEqual([1, expect.stringMatching(says)]);
    expect(text.trim().split('\n')).toHaveLength(1);
  });
});
