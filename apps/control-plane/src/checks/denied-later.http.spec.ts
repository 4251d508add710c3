import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type JsonAnswer,
  SteppedClock,
  TestControlPlane,
  until,
} from '../../../../test/support/control-plane.js';

const ALLOWED = '127.0.0.0/8,::1/128';
const DENIED = '10.0.0.0/8';
const CHECK = { healthPath: '/health/', interval: 1_000, deregisterCriticalServiceAfter: 20_000 };

let folder: string;
let path: string;
let starts = 0;
let clock: SteppedClock;
let plane: TestControlPlane;
let target: Server;
let asked: string[];
let port: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitals-'));
  path = join(folder, '0.db');
  clock = new SteppedClock();
  asked = [];
  target = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(request.url?.endsWith('bad') ? 503 : 200).end();
  });
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  ({ port } = target.address() as AddressInfo);
  plane = await start(ALLOWED);
});
afterEach(async () => {
  await plane.stop();
  target.closeAllConnections();
  target.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(cidrs: string): Promise<TestControlPlane> {
  return TestControlPlane.start({ DATABASE_URL: `sqlite:${path}`, VITALS_CHECK_ALLOW_CIDRS: cidrs }, clock);
}

/** Stops it, and starts another with other settings on a copy of what lies on disk. */
async function restart(cidrs: string): Promise<void> {
  await plane.stop();
  const before = path;
  path = join(folder, `${++starts}.db`);
  for (const suffix of ['', '-wal'])
    if (existsSync(before + suffix)) copyFileSync(before + suffix, path + suffix);
  plane = await start(cidrs);
}

const check = (id: string): Promise<JsonAnswer> => plane.send('GET', `/checks/${encodeURIComponent(id)}`);
const idOf = (serviceId: string): string => `${serviceId}:http:127.0.0.1:${port}`;

/** Lets time pass until a check is in a state. */
async function becomes(id: string, status: string): Promise<void> {
  await until(
    60_000,
    async () => {
      await clock.advance(100);
      return (await check(id)).body['status'];
    },
    (now) => now === status,
  );
}

async function live(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 200) {
    await clock.advance(200);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function told(id: string): Promise<string[]> {
  const { body } = await plane.send('GET', `/checks/${encodeURIComponent(id)}/transitions`);
  return (body['transitions'] as { to: string }[]).map(({ to }) => to).toReversed();
}

describe('What the settings deny after it was registered', () => {
  it('is Warning, never Critical, is not asked, stays in lookups and is never removed for it, also over a restart', async () => {
    for (const serviceId of ['good', 'bad'])
      await plane.send('POST', '/services', {
        serviceId,
        protocol: 'http',
        address: '127.0.0.1',
        port,
        check: CHECK,
      });
    const types = {
      web: { type: 'http', http: { url: `http://127.0.0.1:${port}/x` } },
      port: { type: 'tcp', tcp: { host: 'localhost', port } },
    };
    for (const [id, body] of Object.entries(types))
      await plane.send('PUT', `/checks/${id}`, { ...body, interval: '1s' });
    for (const id of [idOf('good'), 'web', 'port']) await becomes(id, 'Passing');
    await becomes(idOf('bad'), 'Critical');
    await live(10_000);
    await restart(DENIED);
    asked.length = 0;
    for (const id of [idOf('good'), idOf('bad'), 'web', 'port']) await becomes(id, 'Warning');
    await live(60_000);
    const lookup = await plane.send('GET', '/services/lookup?serviceId=bad');
    expect([lookup.body, asked]).toEqual([[{ protocol: 'http', address: '127.0.0.1', port }], []]);
    expect((await check(idOf('bad'))).body).toMatchObject({
      status: 'Warning',
      message: expect.stringContaining('VITALS_CHECK_ALLOW_CIDRS'),
    });
    expect([await told(idOf('good')), await told(idOf('bad'))]).toEqual([
      ['Passing', 'Warning'],
      ['Critical', 'Warning'],
    ]);
    await restart(DENIED);
    await live(30_000);
    for (const id of [idOf('good'), idOf('bad'), 'web', 'port'])
      expect([id, (await check(id)).body['status']]).toEqual([id, 'Warning']);
  });

  it('is refused when it registers again, in words that name the setting, and stays as it was', async () => {
    const node = { serviceId: 'good', protocol: 'http', address: '127.0.0.1', port, check: CHECK };
    await plane.send('POST', '/services', node);
    await becomes(idOf('good'), 'Passing');
    await restart(DENIED);
    const again = await plane.send('POST', '/services', node);
    expect([again.status, again.body['description']]).toEqual([
      400,
      expect.stringContaining('VITALS_CHECK_ALLOW_CIDRS'),
    ]);
    expect((await plane.send('GET', '/services/lookup?serviceId=good')).body).toHaveLength(1);
    await becomes(idOf('good'), 'Warning');
  });
});
