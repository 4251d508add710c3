import { boot, checkClass } from '../../../test/health-app.js';
import { DOORS } from '../../../test/health-doors.js';
import { rawRequest } from '../../../test/raw-request.js';
import { type HealthCors, HealthServer } from '../../index.js';

const Check = checkClass({ name: 'db', kinds: ['liveness'] }, () => true);
const PAGE = 'https://status.example.org';
const PATHS = ['/health', '/health/check/db', '/health/check/no', '/healthz', '/livez', '/health/metrics'];

const preflight = (origin: string, headers = 'authorization') => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'GET',
    'access-control-request-headers': headers,
  },
});

const corsHeaders = (headers: object) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /^access-control|^vary$/.test(name)));

describe.each(DOORS)('health for pages of other origins at $door', ({ open }) => {
  const serve = (cors: HealthCors | undefined) => (use: Parameters<typeof open>[1]) =>
    open({ providers: [Check], health: cors ? { cors } : {} }, use);

  it('is for none unless the module says so', async () => {
    await serve(undefined)(async (ask) => {
      for (const path of PATHS) {
        expect(corsHeaders((await ask(path, { headers: { origin: PAGE } })).headers)).toEqual({});
        const { status, headers } = await ask(path, preflight(PAGE));
        expect([status, headers.allow, corsHeaders(headers)]).toEqual([405, 'GET, HEAD', {}]);
      }
    });
  });

  it('may be read by the origins that are listed, and says to caches that it depends on the origin', async () => {
    await serve({ origins: [PAGE, 'http://localhost:5173'] })(async (ask) => {
      for (const path of PATHS) {
        const read = async (origin?: string) =>
          corsHeaders((await ask(path, { headers: origin === undefined ? {} : { origin } })).headers);
        const other = { vary: 'Origin' };
        const readable = { ...other, 'access-control-expose-headers': 'Allow' };
        expect(await read(PAGE)).toEqual({ ...readable, 'access-control-allow-origin': PAGE });
        expect(await read('http://localhost:5173')).toMatchObject({
          'access-control-allow-origin': 'http://localhost:5173',
        });
        for (const origin of [
          'https://evil.example',
          'null',
          `${PAGE}.evil.example`,
          `${PAGE}:444`,
          'http://status.example.org',
          undefined,
        ])
          expect([origin, await read(origin)]).toEqual([origin, other]);
      }
    });
  });

  it('may be read also where the port of health has no such path', async () => {
    const health = { cors: { origins: [PAGE] }, port: 0, host: '127.0.0.1' };
    const app = await boot({ providers: [Check], health });
    const ask = (origin: string) =>
      rawRequest(app.get(HealthServer).port as number, '/unknown', { headers: { origin } });
    const { status, headers } = await ask(PAGE);
    expect([status, corsHeaders(headers)]).toEqual([
      404,
      { vary: 'Origin', 'access-control-allow-origin': PAGE, 'access-control-expose-headers': 'Allow' },
    ]);
    expect(corsHeaders((await ask('https://evil.example')).headers)).toEqual({ vary: 'Origin' });
  });

  it('answers a preflight, with what may be sent and how long that holds', async () => {
    await serve({ origins: [PAGE], headers: ['authorization', 'x-team'], maxAge: '1h' })(async (ask) => {
      const { status, headers, body } = await ask('/health/live', preflight(PAGE, 'authorization, x-team'));
      expect([status, body, headers['cache-control']]).toEqual([204, '', 'no-store']);
      expect(corsHeaders(headers)).toMatchObject({
        'access-control-allow-origin': PAGE,
        'access-control-allow-methods': 'GET, HEAD',
        'access-control-allow-headers': 'authorization, x-team',
        'access-control-max-age': '3600',
        vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      });
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
      const refused = corsHeaders((await ask('/health/live', preflight('https://evil.example'))).headers);
      expect(Object.keys(refused)).toEqual(['vary']);
    });
  });

  it('answers OPTIONS that is no preflight with what is allowed, and other methods still with 405', async () => {
    await serve({ origins: [PAGE] })(async (ask) => {
      const { status, headers } = await ask('/health', { method: 'OPTIONS' });
      expect([status, headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
      const post = await ask('/health', { method: 'POST', headers: { origin: PAGE } });
      expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
      expect(post.headers['access-control-allow-origin']).toBe(PAGE);
    });
  });

  it('is told to a listed page in the measure in which it is told to others', async () => {
    await open(
      { providers: [Check], health: { cors: { origins: [PAGE] }, detail: 'status' } },
      async (ask) => {
        const { body } = await ask('/health/live', { headers: { origin: PAGE } });
        expect(JSON.parse(body)).toEqual({ status: 'UP', checks: [] });
      },
    );
  });
});
