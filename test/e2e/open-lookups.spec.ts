import type { FastifyInstance } from 'fastify';
import { WatchingClient } from '../../apps/control-plane/test/watching-client.js';
import { CHECK, nodeAt } from '../../apps/control-plane/test/registry-fixture.js';
import { ROUTES, type RouteTable } from '../../apps/control-plane/src/http/routes.js';
import { RawConnection } from '../support/raw-connection.js';
import { ADMIN, SecuredControlPlane } from '../support/secured.js';

const OPEN = ['GET /services', 'GET /services/lookup', 'GET /ws'];
/** What needs no token in any case: health, and the description of the API. */
const PUBLIC = /^\/(docs|openapi\.json|v1\.0\/healthz|health|healthz|livez|readyz|components)\b/;

let secured: SecuredControlPlane;
beforeAll(async () => {
  secured = await SecuredControlPlane.start({ VITALS_OPEN_LOOKUPS: '1' });
  await secured.ask(ADMIN, 'POST', '/services', nodeAt(80));
});
afterAll(() => secured.stop());

/** The routes that answer something else than 401 to somebody without a token. */
async function openedBy(control: SecuredControlPlane): Promise<string[]> {
  const fastify = control.plane.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const opened: string[] = [];
  for (const { pattern, methods } of fastify.getDecorator<RouteTable>(ROUTES).all()) {
    const path = pattern.replaceAll(/:\w+/g, 'a');
    if (PUBLIC.test(path)) continue;
    for (const method of methods.filter((one) => one !== 'HEAD')) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const { status } = await control.ask(undefined, method, path, body);
      if (status !== 401) opened.push(`${method} ${path}`);
    }
  }
  return opened.toSorted();
}

describe('With VITALS_OPEN_LOOKUPS=1, somebody without a token', () => {
  it('reads services where lookups are, and nothing else', async () => {
    expect(await openedBy(secured)).toEqual(OPEN);
    const node = { protocol: 'http', address: '10.0.0.7', port: 80 };
    expect((await secured.ask(undefined, 'GET', '/services')).body).toEqual({ a: [node] });
    expect((await secured.ask(undefined, 'GET', '/services/lookup?serviceId=a')).body).toEqual([node]);
  });

  it('subscribes over /ws, as a browser does that can send no token', async () => {
    const client = await WatchingClient.connect(secured.plane.url);
    client.subscribe('b');
    expect(await client.next()).toEqual({ b: [] });
    await secured.ask(ADMIN, 'POST', '/services', { ...nodeAt(81), serviceId: 'b' });
    expect(await client.next()).toEqual({ b: [{ protocol: 'http', address: '10.0.0.7', port: 81 }] });
    await client.close();
  });

  it('gains nothing by a token that is wrong, or in the query', async () => {
    expect((await secured.ask('stranger', 'GET', '/services')).status).toBe(401);
    expect((await WatchingClient.refusal(`${secured.plane.url}/ws`, 'stranger')).status).toBe(401);
    const inQuery = await WatchingClient.refusal(`${secured.plane.url}/ws?token=${ADMIN}`);
    expect([inQuery.status, inQuery.text]).toEqual([
      400,
      expect.stringContaining('unknown query parameter `token`'),
    ]);
    expect((await secured.ask(undefined, 'GET', `/providers?token=${ADMIN}`)).status).toBe(401);
  });

  it.each(['authorization:', 'x-consul-token:', 'Authorization:  \r\nX-Consul-Token: '])(
    'may send an empty header: %j',
    async (header) => {
      const ask = async (path: string): Promise<number> =>
        (
          await RawConnection.ask(
            secured.plane.url,
            `GET ${path} HTTP/1.1\r\nhost: vitals.example\r\n${header}\r\n\r\n`,
          )
        ).status;
      expect(await ask('/services')).toBe(200);
      expect(await ask('/services/check')).toBe(401);
      expect(await ask('/providers')).toBe(401);
    },
  );

  it('is refused if it is the page of somebody else', async () => {
    for (const header of ['origin: https://evil.invalid', 'sec-fetch-site: cross-site']) {
      const { status } = await RawConnection.ask(
        secured.plane.url,
        `GET /services HTTP/1.1\r\nhost: vitals.example\r\n${header}\r\n\r\n`,
      );
      expect(status).toBe(403);
    }
  });
});

describe('A token in the header X-Consul-Token, as older clients of light-4j send it,', () => {
  it('counts for the calls of the registry, and for no other', async () => {
    const { token } = await secured.give({ kind: 'gateway', names: ['a'] });
    const ask = async (target: string, body?: object, more: readonly string[] = []): Promise<number> => {
      const head = [`host: localhost`, ...more, `x-consul-token: Bearer ${token}`];
      const text = body ? JSON.stringify(body) : '';
      const length = [`content-type: application/json`, `content-length: ${text.length}`];
      const bytes = [`${target} HTTP/1.1`, ...head, ...(body ? length : []), '', text].join('\r\n');
      return (await RawConnection.ask(secured.plane.url, `${bytes}${body ? '' : '\r\n'}`)).status;
    };
    expect(await ask('POST /services', nodeAt(82, { check: CHECK }))).toBe(200);
    expect(await ask('PUT /services/check', { id: 'a:10.0.0.7:82', pass: true })).toBe(200);
    expect(await ask('GET /services/lookup?passing&serviceId=a')).toBe(200);
    expect(await ask('GET /services/check')).toBe(200);
    expect(await ask('DELETE /services?serviceId=a&protocol=http&address=10.0.0.7&port=82')).toBe(200);
    expect(await ask('GET /providers/x')).toBe(401);
    expect(await ask('PUT /providers/x/cordon')).toBe(401);
    expect(await ask('GET /services/check', undefined, ['authorization:'])).toBe(200);
  });
});

describe('Without VITALS_OPEN_LOOKUPS', () => {
  it('nothing is open while authentication is on', async () => {
    const closed = await SecuredControlPlane.start({ VITALS_OPEN_LOOKUPS: '0' });
    try {
      expect(await openedBy(closed)).toEqual([]);
      expect((await WatchingClient.refusal(`${closed.plane.url}/ws`)).status).toBe(401);
    } finally {
      await closed.stop();
    }
  });
});
