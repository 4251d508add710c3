import type { FastifyInstance } from 'fastify';
import { WebSocket } from 'ws';
import { ROUTES, type RouteTable } from '../../apps/control-plane/src/http/routes.js';
import { HealthRoutes } from '../../libs/health/src/http/health.routes.js';
import { TestControlPlane } from '../support/control-plane.js';
import { type RawAnswer, RawConnection } from '../support/raw-connection.js';
import { ADMIN, SecuredControlPlane } from '../support/secured.js';

const OWN = 'host: localhost:3000';
const UPGRADE = [
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
];
/** Lines of headers that only come from the page of somebody else. */
const FOREIGN: readonly (readonly [string, readonly string[], string])[] = [
  ['names another host', ['host: evil.invalid:3000'], 'host-not-allowed'],
  ['has a foreign origin', [OWN, 'origin: https://evil.invalid'], 'origin-not-allowed'],
  ['has no origin to tell', [OWN, 'origin: null'], 'origin-not-allowed'],
  ['comes from another site', [OWN, 'sec-fetch-site: cross-site'], 'origin-not-allowed'],
  ['comes from another port', [OWN, 'sec-fetch-site: same-site'], 'origin-not-allowed'],
];

let plane: TestControlPlane;
let routes: readonly { readonly method: string; readonly path: string }[];

beforeAll(async () => {
  plane = await TestControlPlane.start();
  await plane.register('x');
  const fastify = plane.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  // health is answered before Fastify is asked
  const health = plane.app.get(HealthRoutes, { strict: false }).all();
  routes = [
    ...health.map(({ path }) => ({ pattern: path, methods: ['GET'] })),
    ...fastify.getDecorator<RouteTable>(ROUTES).all(),
  ].flatMap(({ pattern, methods }) =>
    methods.map((method) => ({ method, path: pattern.replaceAll(/:\w+|\*/g, 'x') })),
  );
});
afterAll(() => plane.stop());

const ask = (url: string, target: string, lines: readonly string[]): Promise<RawAnswer> =>
  RawConnection.ask(url, [`${target} HTTP/1.1`, ...lines, 'connection: close', '', ''].join('\r\n'));
const isHealth = (path: string): boolean =>
  /^\/(v1\.0\/)?(health|healthz|livez|readyz|components)\b/.test(path);

/** Which routes answer so, by method and path; HEAD has no body to look at. */
async function answersTo(lines: readonly string[]): Promise<ReadonlyMap<string, RawAnswer>> {
  const answers = new Map<string, RawAnswer>();
  for (const { method, path } of routes.filter((route) => route.method !== 'HEAD'))
    answers.set(
      `${method} ${path}`,
      await ask(plane.url, `${method} ${path}`, [...lines, 'content-length: 0']),
    );
  return answers;
}

describe('While authentication is off, a request that', () => {
  it('is looked at covers every kind of route', () => {
    const paths = routes.map(({ path }) => path);
    for (const path of ['/docs', '/docs/x', '/openapi.json', '/ws', '/heartbeats', '/providers/x/status'])
      expect(paths).toContain(path);
    expect(paths.filter(isHealth).length).toBeGreaterThan(15);
    expect(paths.filter((path) => !isHealth(path)).length).toBeGreaterThan(50);
  });

  it.each(FOREIGN)('%s is refused at every route but those of health', async (_what, lines, code) => {
    for (const [route, { status, text }] of await answersTo(lines)) {
      if (isHealth(route.split(' ')[1] as string)) expect([route, status]).not.toEqual([route, 403]);
      else
        expect([route, status, text]).toEqual([
          route,
          403,
          expect.stringContaining(
            /^\S+ \/(services|ws)\b/.test(route) ? '"code":"ERR10067"' : `"code":"${code}"`,
          ),
        ]);
    }
    const { status } = await ask(plane.url, 'GET /nowhere', lines);
    expect(status).toBe(403);
  });

  it.each(FOREIGN)('%s opens no WebSocket', async (_what, lines) => {
    const { status, text } = await ask(plane.url, 'GET /ws', [...lines, ...UPGRADE]);
    expect([status, text]).toEqual([403, expect.stringContaining('ERR10067')]);
  });

  it('is fetched by the page of somebody else changes nothing', async () => {
    const headers = { origin: 'https://evil.invalid' };
    const cordon = await fetch(`${plane.url}/providers/x/cordon`, { method: 'PUT', headers });
    expect([cordon.status, cordon.headers.get('content-type')]).toEqual([
      403,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await cordon.json()).toMatchObject({ code: 'origin-not-allowed', detail: expect.any(String) });
    expect((await plane.send('GET', '/providers/x')).body).toMatchObject({ cordoned: false });
  });

  it('comes from an own page, from a person or from a program is answered', async () => {
    const { port } = new URL(plane.url);
    for (const lines of [
      [OWN],
      [`host: 127.0.0.1:${port}`],
      [`host: [::1]:${port}`],
      [`host: vitals.localhost:${port}`],
      [OWN, 'origin: http://localhost:3000', 'sec-fetch-site: same-origin'],
      [OWN, 'sec-fetch-site: none'],
    ])
      expect([lines, (await ask(plane.url, 'GET /providers', lines)).status]).toEqual([lines, 200]);
    const old = await RawConnection.ask(plane.url, 'GET /providers HTTP/1.0\r\n\r\n');
    expect(old.status).toBe(200);
    const proxied = await ask(plane.url, 'GET http://localhost:3000/providers', [OWN]);
    expect(proxied.status).toBe(200);
    const socket = new WebSocket(`${plane.url.replace('http', 'ws')}/ws`, { origin: plane.url });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.terminate();
  });

  it('is a probe is answered, whatever host it names', async () => {
    for (const host of ['10.1.2.3:3000', 'vitals.prod.svc', 'evil.invalid'])
      for (const path of ['/healthz', '/health/ready', '/livez', '/v1.0/healthz', '/components'])
        expect((await ask(plane.url, `GET ${path}`, [`host: ${host}`])).status).toBeLessThan(300);
  });
});

describe('A request that does not say once for whom it is', () => {
  it.each([
    ['GET /providers', ['host: localhost', 'host: localhost']],
    ['DELETE /providers/x', ['host: localhost', 'Host: evil.invalid']],
    ['PUT /providers/x/status', ['host: localhost', 'HOST: localhost']],
    ['GET http://localhost/providers', ['host: evil.invalid']],
    ['GET http://evil.invalid/providers', ['host: localhost']],
    ['GET /providers', ['host: local host']],
    ['GET /providers', ['host: user@localhost']],
    ['GET /providers', ['host: ']],
  ])('is a 400, whether authentication is on or off: %s, %j', async (target, lines) => {
    const { status, text } = await ask(plane.url, target, lines);
    expect([status, text]).toEqual([400, expect.stringContaining('the header Host')]);
  });

  it('opens no WebSocket', async () => {
    const answer = await ask(plane.url, 'GET /ws', ['host: localhost', 'host: localhost', ...UPGRADE]);
    expect(answer.status).toBe(400);
  });
});

describe('While authentication is on', () => {
  it('tokens decide, whatever host is named; two hosts are a 400 all the same', async () => {
    const secured = await SecuredControlPlane.start();
    const token = `authorization: Bearer ${ADMIN}`;
    try {
      const { url } = secured.plane;
      for (const [lines, status] of [
        [['host: vitals.example', token], 200],
        [['host: vitals.example', 'origin: https://elsewhere.example', token], 200],
        [['host: vitals.example', 'origin: https://elsewhere.example'], 401],
        [['host: vitals.example', 'host: vitals.example', token], 400],
      ] as const)
        expect((await ask(url, 'GET /providers', lines)).status).toBe(status);
      const socket = await ask(url, 'GET /ws', [OWN, 'origin: https://evil.invalid', token, ...UPGRADE]);
      expect(socket.status).toBe(403);
    } finally {
      await secured.stop();
    }
  });
});
