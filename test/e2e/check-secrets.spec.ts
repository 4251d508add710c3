import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonAnswer, sendTo, until } from '../support/control-plane.js';
import { bootFailure, ControlPlaneProcess } from '../support/control-plane-process.js';

const SECRET = 'Bearer zx-never-to-be-seen-81';
const [FIRST, SECOND] = ['first-key-'.repeat(4), 'second-key'.repeat(4)] as const;

let folder: string;
let environment: Record<string, string>;
let plane: ControlPlaneProcess;
let server: Server;
/** What the service was sent last. */
let seen: IncomingHttpHeaders = {};

beforeAll(async () => {
  server = createServer((request, response) => {
    seen = request.headers;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitals-secrets-'));
  environment = { DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}`, LOG_LEVEL: 'debug' };
  seen = {};
});

afterEach(async () => {
  await plane?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const ask = (method: string, path: string, body?: unknown): Promise<JsonAnswer> =>
  sendTo(plane.url, method, path, body);
const define = (id: string, headers: Record<string, string>): Promise<JsonAnswer> =>
  ask('PUT', `/checks/${id}`, { type: 'http', http: { url: url(), headers } });

async function start(more: Record<string, string> = {}): Promise<void> {
  plane = await ControlPlaneProcess.start({ ...environment, ...more });
}

/** Everything that lies in the files of the database, the log of it too. */
function stored(): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');
}

/** The check is run now, and the service is sent what it is to be sent. */
async function expectSent(id: string, header: string, value: string): Promise<void> {
  seen = {};
  const { body } = await ask('POST', `/checks/${id}/runs`);
  expect([body['outcome'], seen[header]]).toEqual(['success', value]);
}

describe('A header of a check, while VITALS_SECRET_KEY is set', () => {
  it('lies in the database encrypted, is sent as it was said, and is never shown', async () => {
    await start({ VITALS_SECRET_KEY: FIRST });
    await define('shop', { authorization: SECRET });
    await expectSent('shop', 'authorization', SECRET);
    const { body } = await ask('GET', '/checks/shop');
    expect(body['http']).toMatchObject({ headers: { authorization: '<redacted>' } });
    // what is said of it while it is paused and judged is written too
    await ask('PUT', '/checks/shop/pause');
    await ask('DELETE', '/checks/shop/pause');
    expect(stored()).not.toContain(SECRET);
    await plane.kill();
    await start({ VITALS_SECRET_KEY: FIRST });
    await expectSent('shop', 'authorization', SECRET);
    // sent back as it is shown, it stays
    await define('shop', { authorization: '<redacted>', accept: 'text/plain' });
    await expectSent('shop', 'authorization', SECRET);
    expect(await plane.kill('SIGTERM')).toBe(0);
    expect(stored()).not.toContain(SECRET);
    expect(plane.output).not.toContain(SECRET);
  });

  it('is encrypted at the start if it was defined before, and no byte of it stays', async () => {
    await start();
    for (const id of ['one', 'two']) await define(id, { authorization: SECRET });
    expect(stored()).toContain(SECRET);
    await plane.kill();
    await start({ VITALS_SECRET_KEY: FIRST });
    expect(plane.output).toContain('the secrets of 2 checks are encrypted with the first key now');
    expect(stored()).not.toContain(SECRET);
    await expectSent('two', 'authorization', SECRET);
  });

  it.each([
    ['without a key', {}, 'it is not set'],
    ['with another key', { VITALS_SECRET_KEY: SECOND }, 'none of its keys is the one'],
  ])('keeps a control plane %s from starting, which says of how many checks', async (_what, key, why) => {
    await start({ VITALS_SECRET_KEY: FIRST });
    for (const id of ['one', 'two']) await define(id, { authorization: SECRET });
    await plane.kill('SIGTERM');
    const { code, text } = await bootFailure({ ...environment, ...key, LOG_LEVEL: 'error', PORT: '0' });
    expect(code).toBe(1);
    expect(text).toContain(`VITALS_SECRET_KEY: the database holds encrypted secrets of 2 checks, and ${why}`);
    expect(text).not.toMatch(/\n\s+at |zx-never|first-key|second-key/);
    await start({ VITALS_SECRET_KEY: FIRST });
    await expectSent('one', 'authorization', SECRET);
  });

  it('changes to another key with one start, after which the old one is not needed', async () => {
    await start({ VITALS_SECRET_KEY: FIRST });
    await define('shop', { authorization: SECRET });
    await plane.kill('SIGTERM');
    await start({ VITALS_SECRET_KEY: `${SECOND},${FIRST}` });
    await plane.kill('SIGTERM');
    await start({ VITALS_SECRET_KEY: SECOND });
    expect(plane.output).not.toContain('are encrypted with the first key now');
    await expectSent('shop', 'authorization', SECRET);
  });
});

describe('A header that refers to the environment', () => {
  const name = 'VITALS_CHECK_SECRET_SHOP';

  it('is kept and shown as the reference, and sent as what that stands for', async () => {
    await start({ [name]: SECRET });
    await define('shop', { authorization: `env:${name}` });
    await expectSent('shop', 'authorization', SECRET);
    const { body } = await ask('GET', '/checks/shop');
    expect(body['http']).toMatchObject({ headers: { authorization: `env:${name}` } });
    expect(await plane.kill('SIGTERM')).toBe(0);
    expect(stored()).toContain(`env:${name}`);
    expect(stored()).not.toContain(SECRET);
    expect(plane.output).not.toContain(SECRET);
  });

  it('is refused where the variable is not set or may not be referred to', async () => {
    await start({ VITALS_ADMIN_TOKEN: 'a-token', VITALS_CHECK_ALLOW_CIDRS: '127.0.0.0/8' });
    const headers = { authorization: 'Bearer a-token', 'content-type': 'application/json' };
    for (const [reference, why] of [
      ['env:VITALS_CHECK_SECRET_NONE', 'is not set in the environment'],
      ['env:VITALS_ADMIN_TOKEN', 'begin with VITALS_CHECK_SECRET_'],
      ['env:PATH', 'begin with VITALS_CHECK_SECRET_'],
    ] as const) {
      const http = { url: url(), headers: { 'x-key': reference } };
      const body = JSON.stringify({ type: 'http', http });
      const answer = await fetch(`${plane.url}/checks/shop`, { method: 'PUT', headers, body });
      const problem = (await answer.json()) as { errors: { pointer: string; detail: string }[] };
      expect([answer.status, problem.errors[0]?.pointer]).toEqual([
        422,
        expect.stringMatching(/^\/http\/headers/),
      ]);
      expect(problem.errors[0]?.detail).toContain(why);
    }
    expect(seen).toEqual({});
  });

  it('that stands for nothing any more makes a Warning that says so, never Critical', async () => {
    await start({ [name]: SECRET });
    await define('shop', { authorization: `env:${name}` });
    await expectSent('shop', 'authorization', SECRET);
    await plane.kill('SIGTERM');
    await start();
    seen = {};
    await ask('POST', '/checks/shop/runs');
    const { body } = await ask('GET', '/checks/shop');
    expect(body['status']).toBe('Warning');
    expect(body['message']).toContain(`${name} is not set in the environment of the control plane`);
    expect(seen).toEqual({});
  });

  it('may stand in the file of declarations, of which a plan shows the reference', async () => {
    const file = join(folder, 'vitals.yaml');
    const declared = (value: string): string =>
      JSON.stringify({
        checks: [{ id: 'shop', type: 'http', http: { url: url(), headers: { 'x-key': value } } }],
      });
    writeFileSync(file, declared(`env:${name}`));
    await start({ [name]: SECRET, VITALS_CHECK_SECRET_OTHER: 'other', VITALS_DECLARATIONS: file });
    await until(
      20_000,
      () => ask('GET', '/checks/shop'),
      ({ status }) => status === 200,
    );
    await expectSent('shop', 'x-key', SECRET);
    const plan = await sendTo(
      plane.url,
      'POST',
      '/declarations/plan',
      declared('env:VITALS_CHECK_SECRET_OTHER'),
    );
    expect(JSON.stringify(plan.body)).toContain(
      JSON.stringify({
        pointer: '/http/headers/x-key',
        from: `env:${name}`,
        to: 'env:VITALS_CHECK_SECRET_OTHER',
      }),
    );
    expect(JSON.stringify(plan.body)).not.toContain(SECRET);
  });
});
