import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { registration, TestControlPlane } from '../support/control-plane.js';
import { ControlPlaneProcess, freePort } from '../support/control-plane-process.js';

const outer = mkdtempSync(join(tmpdir(), 'vitals-backups-'));
const backups = join(outer, 'backups');
const path = join(outer, 'vitals.db');
const ADMIN = 'admin-of-backups';
const environment = {
  DATABASE_URL: `sqlite:${path}`,
  VITALS_ADMIN_TOKEN: ADMIN,
  VITALS_BACKUP_DIR: backups,
  VITALS_RATE_LIMIT: '0',
};
/** Of util-linux: not everywhere. */
const limitable = spawnSync('prlimit', ['--version']).status === 0;
let plane: ControlPlaneProcess;

beforeEach(() => mkdirSync(backups));

afterEach(async () => {
  await plane?.kill();
  for (const name of ['vitals.db', 'vitals.db-wal', 'backups']) {
    rmSync(join(outer, name), { recursive: true, force: true });
  }
});

afterAll(() => rmSync(outer, { recursive: true }));

async function ask(
  method: string,
  at: string,
  body?: unknown,
  token: string = ADMIN,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(plane.url + at, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>,
  };
}

const beat = (name: string, token: string): Promise<{ status: number }> =>
  ask('PUT', `/providers/${name}/status`, { timestamp: new Date().toISOString(), phase: 'Ready' }, token);

/** What outlasts a restart, as it is told. */
async function everything(): Promise<unknown[]> {
  const { body: providers } = await ask('GET', '/providers');
  const { body: checks } = await ask('GET', '/checks');
  return [
    (providers['providers'] as Record<string, unknown>[]).map(
      ({ name, id, generation, labels, capacity, registered_at, cordoned }) => [
        name,
        id,
        generation,
        labels,
        capacity,
        registered_at,
        cordoned,
      ],
    ),
    (checks['checks'] as Record<string, unknown>[]).map(({ id, type, source, created_at }) => [
      id,
      type,
      source,
      created_at,
    ]),
    (await ask('GET', '/tokens')).body,
    (await ask('GET', '/transitions')).body,
  ];
}

/** Runs `vitals backup`; never throws. */
function vitals(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: number; out: string; err: string }> {
  const { PATH = '' } = process.env;
  return new Promise((done) => {
    execFile(
      process.execPath,
      [resolve('apps/control-plane/bin/vitals.js'), 'backup', ...args],
      { env: { PATH, ...environment, ...more } },
      (error, out, err) => done({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

describe('A backup', () => {
  it('that is taken while everybody writes brings back the whole fleet, and agents go on with their tokens', async () => {
    plane = await ControlPlaneProcess.start(environment);
    const tokens = new Map<string, string>();
    const register = async (name: string): Promise<void> => {
      const { body } = await ask('POST', '/providers', registration(name, { labels: { tier: 'gold' } }));
      tokens.set(name, String(body['token']));
    };
    for (const name of ['a', 'b']) {
      await register(name);
      await beat(name, tokens.get(name) as string);
    }
    await ask('PUT', '/providers/b/cordon');
    await ask('PUT', '/checks/nightly', { type: 'ttl', interval: '1h' });
    await ask('PUT', '/checks/nightly/status', { status: 'pass' });
    const node = { serviceId: 'orders', protocol: 'https', address: '10.0.0.9', port: 8443 };
    await ask('POST', '/services', {
      ...node,
      check: { interval: 60_000, deregisterCriticalServiceAfter: 0 },
    });
    const { body: gateway } = await ask('POST', '/tokens', { kind: 'gateway', names: ['a'] });
    let going = true;
    const late: string[] = [];
    const writing = (async () => {
      for (let index = 0; going; index++) {
        await register(`late-${index}`);
        late.push(`late-${index}`);
      }
    })();
    const { status, body: taken } = await ask('POST', '/backups', { file: 'fleet.db' });
    const before = await everything();
    going = false;
    await writing;
    expect([status, taken]).toEqual([
      201,
      {
        file: join(backups, 'fleet.db'),
        bytes: statSync(join(backups, 'fleet.db')).size,
        providers: expect.any(Number),
        services: 1,
        checks: 2,
        sequence: (before[3] as { next_since: number }).next_since,
        at: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    // what came after it is lost with the file
    await register('lost');
    expect(await plane.kill('SIGTERM')).toBe(0);

    rmSync(path);
    renameSync(join(backups, 'fleet.db'), path);
    plane = await ControlPlaneProcess.start(environment);
    expect(plane.output).toContain(`${path}: ${String(taken['providers'])} providers, 1 services, 2 checks`);
    const after = await everything();
    const kept = (after[0] as string[][]).map(([name]) => name as string);
    expect(after[0]).toEqual((before[0] as string[][]).filter(([name]) => kept.includes(name as string)));
    expect(kept.filter((name) => name.startsWith('late')).toSorted()).toEqual(
      late.slice(0, kept.length - 2).toSorted(),
    );
    expect(after.slice(1)).toEqual(before.slice(1));
    expect((await ask('GET', '/services')).body).toHaveProperty('orders');
    for (const name of kept) expect((await beat(name, tokens.get(name) as string)).status).toBe(200);
    expect((await beat('a', String(gateway['token']))).status).toBe(200);
    expect((await ask('GET', '/providers/lost')).status).toBe(404);
  });

  it('is the administrator’s to take, in the one folder, under a name that is free', async () => {
    plane = await ControlPlaneProcess.start(environment);
    const { body: reader } = await ask('POST', '/tokens', { kind: 'read-only' });
    expect((await ask('POST', '/backups', {}, String(reader['token']))).status).toBe(403);
    expect((await ask('POST', '/backups', {}, 'nobody')).status).toBe(401);
    const names = [
      '../x.db',
      '/tmp/x.db',
      'a/b.db',
      '.db',
      '..',
      'x',
      'x.db-wal',
      'x\u0000.db',
      'x.db\n',
      7,
      null,
      'x'.repeat(200),
    ];
    for (const file of names) expect((await ask('POST', '/backups', { file })).status).toBe(422);
    expect((await ask('POST', '/backups', { file: 'x.db' })).status).toBe(201);
    expect((await ask('POST', '/backups', { file: 'x.db' })).body['code']).toBe('backup-conflict');
    expect((await ask('POST', '/backups')).status).toBe(201);
    expect(readdirSync(backups).filter((name) => !/^(x|vitals-\d{8}T\d{9}Z)\.db$/.test(name))).toEqual([]);
    for (const name of readdirSync(backups)) expect(statSync(join(backups, name)).mode & 0o777).toBe(0o600);
    rmSync(backups, { recursive: true });
    expect((await ask('POST', '/backups')).body).toMatchObject({ status: 503, code: 'backup-failed' });
    expect(existsSync(backups)).toBe(false);
  });

  (limitable ? it : it.skip)(
    'that finds the disk full leaves nothing behind, and everything going',
    async () => {
      plane = await ControlPlaneProcess.start(environment);
      await ask('POST', '/providers', registration('a'));
      execFileSync('prlimit', ['--pid', String(plane.pid), '--fsize=16384:']);
      expect((await ask('POST', '/backups', { file: 'x.db' })).body).toMatchObject({
        status: 503,
        code: 'backup-failed',
      });
      expect(readdirSync(backups)).toEqual([]);
      execFileSync('prlimit', ['--pid', String(plane.pid), '--fsize=unlimited:']);
      expect((await ask('POST', '/providers', registration('b'))).status).toBe(201);
      expect((await ask('POST', '/backups', { file: 'x.db' })).body).toMatchObject({ providers: 2 });
    },
  );

  it('is one at a time', async () => {
    plane = await ControlPlaneProcess.start(environment);
    const answers = await Promise.all(
      ['x.db', 'y.db', 'z.db'].map((file) => ask('POST', '/backups', { file })),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ status, body }) => `${status} ${String(body['code'])}`))).toEqual(
      new Set(['409 backup-conflict']),
    );
    expect(readdirSync(backups)).toHaveLength(3 - refused.length);
  });

  it('is taken from the command line by the control plane that runs, or of the file where none runs', async () => {
    plane = await ControlPlaneProcess.start(environment);
    await ask('POST', '/providers', registration('a'));
    const named = { VITALS_CONTROL_PLANE: plane.url };
    expect(await vitals(['one.db'], named)).toEqual({
      code: 0,
      out: expect.stringMatching(
        /one\.db: \d+ bytes, 1 providers, 0 services, 0 checks, up to transition 0\n$/,
      ),
      err: '',
    });
    expect(await vitals(['one.db'], named)).toMatchObject({
      code: 1,
      err: expect.stringContaining('exists'),
    });
    expect(await vitals(['two.db'], { ...named, VITALS_ADMIN_TOKEN: 'wrong' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('--token'),
    });
    await plane.kill();
    expect(await vitals(['two.db'], named)).toMatchObject({
      code: 1,
      err: expect.stringContaining('nobody listens'),
    });
    const nobody = String(await freePort());
    expect(await vitals(['two.db', '--control-plane', `http://127.0.0.1:${nobody}`])).toMatchObject({
      code: 1,
    });
    expect(readdirSync(backups)).toEqual(['one.db']);
    // what lies in the WAL of the control plane that was killed is in it
    expect(await vitals(['two.db'], { PORT: nobody })).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 providers'),
    });
    expect(await vitals([join(backups, 'by-path')], { PORT: nobody })).toMatchObject({ code: 0 });
    plane = await ControlPlaneProcess.start(environment);
    expect(plane.output).toContain('1 providers');
    expect(await vitals(['three.db'], { PORT: nobody })).toMatchObject({
      code: 1,
      err: expect.stringContaining('a control plane uses'),
    });
    expect(readdirSync(backups).toSorted()).toEqual(['by-path', 'one.db', 'two.db']);
  });
});

describe('A control plane in memory', () => {
  it('says that there is nothing to back up', async () => {
    const inMemory = await TestControlPlane.start({ VITALS_BACKUP_DIR: outer });
    try {
      expect(await inMemory.send('POST', '/backups', {})).toMatchObject({
        status: 409,
        body: { code: 'backup-conflict' },
      });
    } finally {
      await inMemory.stop();
    }
  });
});
