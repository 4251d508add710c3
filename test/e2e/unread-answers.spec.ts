import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MAX_BYTES as MAX_HELD_BYTES } from '../../apps/control-plane/src/http/answers/answer-budget.js';
import { MAX_PAGE_BYTES } from '../../apps/control-plane/src/http/answers/page-text.js';
import { FRONT, type RequestFront } from '../../apps/control-plane/src/http/node/front.js';
import { TestControlPlane } from '../support/control-plane.js';

/** Pages of so many providers are several times as long as a page may be. */
const PROVIDERS = 120;
const METADATA_BYTES = 40_000;
const SERVICES = 1_200;
const PIPELINED = 100;

const LISTS = ['/providers?max_page_size=1000', '/services/check', '/checks?max_page_size=1000'];

let plane: TestControlPlane;
let front: RequestFront;
const opened: Socket[] = [];

/** A connection that reads nothing. */
async function open(): Promise<Socket> {
  const { hostname, port } = new URL(plane.url);
  const socket = connect(Number(port), hostname).pause();
  opened.push(socket.on('error', () => undefined));
  await once(socket, 'connect');
  return socket;
}

/** Asks for each of the paths so often, and reads nothing. */
async function askAndNotRead(paths: readonly string[], count = PIPELINED): Promise<Socket> {
  const socket = await open();
  const all = Array.from({ length: count }, () => paths).flat();
  socket.write(all.map((path) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`).join(''));
  return socket;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until nothing more is begun: every answer that the kernel takes has gone. */
async function settled(): Promise<void> {
  for (let before = -1, quiet = 0; quiet < 20;) {
    await turns(20);
    const now = front.turns.size * 1e9 + front.answers.heldBytes;
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
}

async function json(path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(plane.url + path)).json()) as Record<string, unknown>;
}

function nameOf(at: number): string {
  return `p${String(at).padStart(3, '0')}`;
}

function idOf(at: number): string {
  return `a.service.that.has.a.long.name.${at}`;
}

async function inGroups(
  count: number,
  ask: (at: number) => Promise<{ readonly status: number }>,
  status: number,
): Promise<void> {
  for (let from = 0; from < count; from += 40) {
    const some = Array.from({ length: Math.min(40, count - from) }, (_, at) => ask(from + at));
    for (const answer of await Promise.all(some)) expect(answer.status).toBe(status);
  }
}

beforeAll(async () => {
  plane = await TestControlPlane.start({ VITALS_RATE_LIMIT: '0', VITALS_HEARTBEAT_INTERVAL: '1h' });
  front = plane.app.getHttpAdapter().getInstance<FastifyInstance>().getDecorator<RequestFront>(FRONT);
  const note = 'x'.repeat(METADATA_BYTES);
  const check = { interval: 3_600_000 };
  const place = { protocol: 'http', address: '127.0.0.1', port: 9, check };
  await inGroups(PROVIDERS, (at) => plane.register(nameOf(at), { metadata: { note } }), 201);
  await inGroups(SERVICES, (at) => plane.send('POST', '/services', { serviceId: idOf(at), ...place }), 200);
}, 180_000);
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});
afterAll(() => plane.stop());

describe('Answers that nobody reads', () => {
  it('are formed one at a time: what else the connection asks for waits, and nothing of it is held', async () => {
    await askAndNotRead(LISTS);
    await settled();
    expect(front.turns.size).toBeGreaterThan(PIPELINED);
    expect(front.answers.heldBytes).toBeLessThanOrEqual(MAX_PAGE_BYTES + METADATA_BYTES);
  });

  it('hold no more than a page for each connection, and beats and health are answered meanwhile', async () => {
    for (let count = 0; count < 10; count++) await askAndNotRead(LISTS);
    await settled();
    expect(front.answers.heldBytes).toBeLessThanOrEqual(10 * (MAX_PAGE_BYTES + METADATA_BYTES));
    expect((await fetch(`${plane.url}/healthz`)).status).toBe(204);
    expect((await fetch(`${plane.url}/health`)).status).toBe(200);
    expect((await plane.beat('p000')).status).toBe(200);
  });

  it('are all told, each whole and in its order, once they are read', async () => {
    const socket = await askAndNotRead(['/services', '/healthz', '/providers/none/status'], 20);
    await settled();
    const statuses: string[] = [];
    let rest = '';
    socket.on('data', (data: Buffer) => {
      rest += data.toString('latin1');
      statuses.push(...[...rest.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status as string));
      rest = rest.slice(-11);
    });
    socket.resume();
    while (statuses.length < 60) await turns(1);
    expect(statuses).toEqual(Array.from({ length: 20 }, () => ['200', '204', '404']).flat());
  });

  it('keep nothing of the process once their reader goes away', async () => {
    const sockets = await Promise.all(Array.from({ length: 5 }, () => askAndNotRead(LISTS)));
    await settled();
    for (const socket of sockets) socket.destroy();
    while (front.turns.size > 0 || front.answers.heldBytes > 0) await turns(1);
  });

  it.each([
    ['a bad request', 'NOT HTTP\r\n\r\n', 'HTTP/1.1 400'],
    ['an expectation', 'GET / HTTP/1.1\r\nhost: a\r\nexpect: wonders\r\n\r\n', 'HTTP/1.1 417'],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', 'HTTP/1.1 400'],
    [
      'an upgrade that is refused',
      'GET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      'HTTP/1.1 404',
    ],
    [
      'an offer of HTTP/2',
      'GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: h2c\r\n\r\n',
      'HTTP/1.1 204',
    ],
  ])('are told before the answer to %s that came behind them', async (_what, behind, last) => {
    const socket = await askAndNotRead(['/providers?max_page_size=1000'], 12);
    socket.write(behind);
    await settled();
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString('latin1'))).resume();
    while (!text.includes(last)) await turns(1);
    const heads = text.match(/HTTP\/1\.1 \d{3}/g) ?? [];
    expect(heads).toEqual([...Array.from({ length: 12 }, () => 'HTTP/1.1 200'), last]);
  });
});

describe('Pages', () => {
  it('end at 1 MiB of items, and go on with their token', async () => {
    const names: string[] = [];
    const sizes: number[] = [];
    for (let token: string | undefined = ''; token !== undefined;) {
      const answer = await fetch(
        `${plane.url}/providers?max_page_size=1000${token && `&page_token=${token}`}`,
      );
      const text = await answer.text();
      sizes.push(text.length);
      const page = JSON.parse(text) as { providers: { name: string }[]; next_page_token?: string };
      names.push(...page.providers.map(({ name }) => name));
      token = page.next_page_token;
    }
    expect(names).toEqual(Array.from({ length: PROVIDERS }, (_, at) => nameOf(at)));
    expect(sizes.length).toBeGreaterThan(4);
    for (const size of sizes) expect(size).toBeLessThan(MAX_PAGE_BYTES + 200);
  });

  it.each([
    ['/checks?max_page_size=1000', 'checks', SERVICES],
    ['/provider-status?max_page_size=1000', 'providers', PROVIDERS],
    ['/provider-health?max_page_size=1000', 'providers', PROVIDERS],
  ])('of %s tell everything once', async (path, list, count) => {
    let told = 0;
    for (let token: string | undefined = ''; token !== undefined;) {
      const page: Record<string, unknown> = await json(`${path}${token && `&page_token=${token}`}`);
      told += (page[list] as unknown[]).length;
      token = page['next_page_token'] as string | undefined;
    }
    expect(told).toBe(count);
  });

  it('of tokens are given in the same form', async () => {
    for (let at = 0; at < 5; at++)
      await plane.send('POST', '/tokens', { kind: 'read-only', description: `d${at}` });
    const all = (await json('/tokens'))['tokens'] as { id: string }[];
    const [first, second] = [await json('/tokens?max_page_size=3'), undefined];
    expect(second).toBeUndefined();
    const next = await json(`/tokens?max_page_size=3&page_token=${String(first['next_page_token'])}`);
    expect([first['tokens'], next['tokens']].flat()).toEqual(all);
    expect([all.length, next['next_page_token']]).toEqual([5, undefined]);
    expect((await plane.send('GET', '/tokens?page_token=!')).status).toBe(422);
  });
});

describe('Maps that may not be cut', () => {
  it.each([
    ['/services', SERVICES],
    ['/services/check', SERVICES],
  ])('%s is told whole, and in pieces', async (path, count) => {
    const answer = await fetch(plane.url + path);
    expect(answer.headers.get('transfer-encoding')).toBe('chunked');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(Object.keys((await answer.json()) as object)).toHaveLength(count);
  });

  it('leaves out what goes while it is told, and has the length of a short one', async () => {
    const answer = await fetch(`${plane.url}/services/lookup?serviceId=${idOf(1)}`);
    expect(answer.headers.get('content-length')).toBe(String((await answer.text()).length));
    const head = await fetch(`${plane.url}/services/check`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});

describe('More unread answers than there is room for', () => {
  it('are refused with 503 where they are long, and answered where they are short', async () => {
    const held = new EventEmitter();
    front.answers.count(held as unknown as ServerResponse, MAX_HELD_BYTES);
    const refused = await fetch(`${plane.url}/providers?max_page_size=1000`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ status: 503, code: 'overloaded' });
    const light = await fetch(`${plane.url}/services/check`);
    expect([light.status, light.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await light.json()).toMatchObject({ statusCode: 503, severity: 'ERROR' });
    expect((await fetch(`${plane.url}/healthz`)).status).toBe(204);
    expect((await fetch(`${plane.url}/openapi.json`)).status).toBe(200);
    expect((await plane.beat('p000')).status).toBe(200);
    expect((await fetch(`${plane.url}/providers?max_page_size=1`)).status).toBe(503);
    expect((await fetch(`${plane.url}/provider-status?max_page_size=10`)).status).toBe(200);
    held.emit('close');
    expect((await fetch(`${plane.url}/providers?max_page_size=1000`)).status).toBe(200);
  });
});
