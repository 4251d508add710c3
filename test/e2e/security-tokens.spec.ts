import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registration } from '../support/control-plane.js';
import { RawConnection } from '../support/raw-connection.js';
import { ADMIN, beatOf, REGISTRATION, SecuredControlPlane } from '../support/secured.js';

const parent = mkdtempSync(join(tmpdir(), 'vitals-tokens-'));
let folder: string;
let secured: SecuredControlPlane;

/** On the database of the control plane before, or on a new one; a file is locked until its process ends. */
async function start(before?: string): Promise<void> {
  folder = mkdtempSync(join(parent, 'one-'));
  if (before !== undefined) cpSync(before, folder, { recursive: true });
  secured = await SecuredControlPlane.start({ DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}` });
}

async function restart(): Promise<void> {
  await secured.stop();
  await start(folder);
}

beforeEach(() => start());
afterEach(() => secured.stop());
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const statusOf = async (token: string, name: string): Promise<number> =>
  (await secured.beat(token, name)).status;
const rotate = async (name: string, query = ''): Promise<string> =>
  String((await secured.ask(ADMIN, 'POST', `/providers/${name}/token${query}`)).body['token']);
const again = async (token: string, name: string): Promise<string> =>
  String((await secured.ask(token, 'POST', '/providers', registration(name))).body['token']);

describe('Tokens of providers', () => {
  it('are rotated by call: the one before is good until the new one is used, also across restarts', async () => {
    const first = await secured.register('called');
    expect(await statusOf(first, 'called')).toBe(200);
    const second = await rotate('called');
    await restart();
    expect([await statusOf(first, 'called'), await statusOf(second, 'called')]).toEqual([200, 200]);
    expect(await statusOf(first, 'called')).toBe(401);
    await restart();
    expect([await statusOf(first, 'called'), await statusOf(second, 'called')]).toEqual([401, 200]);
  });

  it('end at once when they leaked, also across a restart', async () => {
    const leaked = await secured.register('leaked');
    await statusOf(leaked, 'leaked');
    const next = await rotate('leaked', '?immediately=true');
    expect(await statusOf(leaked, 'leaked')).toBe(401);
    await restart();
    expect([await statusOf(leaked, 'leaked'), await statusOf(next, 'leaked')]).toEqual([401, 200]);
  });

  it('are rotated by registering again, however many answers are lost in a row', async () => {
    const first = await secured.register('lossy');
    await statusOf(first, 'lossy');
    const lost = [await again(first, 'lossy'), await again(first, 'lossy'), await rotate('lossy')];
    await restart();
    const kept = await again(first, 'lossy');
    expect([await statusOf(first, 'lossy'), await statusOf(kept, 'lossy')]).toEqual([200, 200]);
    for (const token of [first, ...lost]) expect(await statusOf(token, 'lossy')).toBe(401);
  });

  it('stay good while a provider beats and its token is rotated at the same time', async () => {
    let token = await secured.register('busy');
    for (let round = 0; round < 25; round++) {
      const [next, ...statuses] = await Promise.all([
        rotate('busy'),
        ...Array.from({ length: 4 }, () => statusOf(token, 'busy')),
      ]);
      expect(statuses).toEqual([200, 200, 200, 200]);
      token = next;
    }
  });

  it('end with their provider', async () => {
    const token = await secured.register('gone');
    await secured.ask(ADMIN, 'DELETE', '/providers/gone');
    expect(await statusOf(token, 'gone')).toBe(401);
    const successor = await secured.register('gone');
    expect([await statusOf(token, 'gone'), await statusOf(successor, 'gone')]).toEqual([401, 200]);
  });

  it('is had by one of many who claim a name at a time', async () => {
    const claims = await Promise.all(
      Array.from({ length: 5 }, () =>
        secured.ask(REGISTRATION, 'POST', '/providers', registration('claimed')),
      ),
    );
    expect(claims.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(claims.filter(({ status }) => status === 403)).toHaveLength(4);
    const tokens = claims.map(({ body }) => String(body['token']));
    const good = [];
    for (const token of tokens) if ((await statusOf(token, 'claimed')) === 200) good.push(token);
    expect(good).toHaveLength(1);
    const late = await secured.ask(REGISTRATION, 'POST', '/providers', registration('claimed'));
    expect([late.status, late.body['detail']]).toEqual([403, expect.stringMatching(/claimed is registered/)]);
    expect(await statusOf(good[0] as string, 'claimed')).toBe(200);
  });
});

describe('Tokens that are given out', () => {
  it('are listed without their secret, survive a restart, and end when they are revoked', async () => {
    const description = 'rack 7 — “🚀”';
    const { token, id } = await secured.give({ kind: 'gateway', names: ['rack-*'], description });
    await secured.register('rack-1');
    await restart();
    const { body } = await secured.ask(ADMIN, 'GET', '/tokens');
    expect(body['tokens']).toEqual([
      expect.objectContaining({ id, kind: 'gateway', names: ['rack-*'], description }),
    ]);
    expect(JSON.stringify(body)).not.toContain(token.split('.').at(-1));
    expect(await statusOf(token, 'rack-1')).toBe(200);
    expect((await secured.ask(ADMIN, 'DELETE', `/tokens/${id}`)).status).toBe(204);
    expect(await statusOf(token, 'rack-1')).toBe(401);
    await restart();
    expect(await statusOf(token, 'rack-1')).toBe(401);
    expect((await secured.ask(ADMIN, 'DELETE', `/tokens/${id}`)).status).toBe(404);
  });

  it.each([
    [{ kind: 'admin' }, '/kind'],
    [{ kind: 'gateway' }, '/names'],
    [{ kind: 'gateway', names: [] }, '/names'],
    [{ kind: 'gateway', names: ['*'] }, '/names'],
    [{ kind: 'gateway', names: ['a*b'] }, '/names'],
    [{ kind: 'gateway', names: ['west 1'] }, '/names'],
    [{ kind: 'gateway', names: 'west-1' }, '/names'],
    [{ kind: 'read-only', names: ['west-1'] }, '/names'],
    [{ kind: 'read-only', description: 'cut \u0000 off' }, '/description'],
    [{ kind: 'read-only', description: 'half \ud800 of it' }, '/description'],
  ])('are refused for %j', async (about, pointer) => {
    const { status, body } = await secured.ask(ADMIN, 'POST', '/tokens', about);
    expect([status, (body['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe('A connection that stays open', () => {
  it('is asked for its token with every request: one that was revoked meanwhile counts no more', async () => {
    const { token, id } = await secured.give({ kind: 'gateway', names: ['west-1'] });
    const connection = await RawConnection.open(secured.plane.url);
    const head = `host: localhost\r\nauthorization: Bearer ${token}\r\n`;
    const batch = `content-type: application/json\r\ncontent-length: 12\r\n\r\n{"items":[]}`;
    const ask = (): void => {
      connection.send(`GET /services HTTP/1.1\r\n${head}\r\n`);
      connection.send(`POST /heartbeats HTTP/1.1\r\n${head}${batch}`);
    };
    ask();
    const before = await connection.answers(2);
    await secured.ask(ADMIN, 'DELETE', `/tokens/${id}`);
    ask();
    const all = await connection.answers(4);
    expect(before.map(({ status }) => status >= 401 && status <= 403)).toEqual([false, false]);
    expect(all.slice(2).map(({ status }) => status)).toEqual([401, 401]);
    connection.destroy();
  });
});

describe('The database', () => {
  it('holds no token in clear, in none of its files, before and after they are written back', async () => {
    const provider = await secured.register('hashed');
    const rotated = await rotate('hashed');
    const { token } = await secured.give({ kind: 'gateway', names: ['hashed'] });
    await secured.ask(token, 'PUT', '/providers/hashed/status', beatOf());
    const secrets = [
      ...[provider, rotated, token].map((text) => text.split('.').at(-1)),
      ADMIN,
      REGISTRATION,
    ];
    const bytes = (): Buffer =>
      Buffer.concat(readdirSync(folder).map((file) => readFileSync(join(folder, file))));
    expect(bytes().includes('hashed')).toBe(true);
    for (const secret of secrets) expect(bytes().includes(secret as string)).toBe(false);
    await restart();
    for (const secret of secrets) expect(bytes().includes(secret as string)).toBe(false);
  });
});
