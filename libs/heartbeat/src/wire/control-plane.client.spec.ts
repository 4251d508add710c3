import { FakeControlPlane } from '../../test/fake-control-plane.js';
import { readBaseUrl } from './base-url.js';
import { type Beat, type CallOptions, ControlPlaneClient } from './control-plane.client.js';

const REGISTRATION = { endpoint: 'http://vm-1:8080', service_type: 'vm', schema_version: '1' };
const TIMESTAMP = '2026-01-01T00:00:00.000Z';

let controlPlane: FakeControlPlane;
let options: CallOptions;
const clients: ControlPlaneClient[] = [];

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  options = { token: 'secret', signal: new AbortController().signal };
});

afterEach(() => clients.splice(0).forEach((client) => client.close()));

function clientOf(urls: string | string[] = controlPlane.url, timeoutMs = 30_000): ControlPlaneClient {
  const endpoints = [urls].flat().map((url) => readBaseUrl(url));
  const client = new ControlPlaneClient('vm-1', endpoints, timeoutMs);
  clients.push(client);
  return client;
}

function makeBeat(): Beat {
  return { timestamp: TIMESTAMP, phase: 'Ready', generation: 7 };
}

describe('ControlPlaneClient', () => {
  it('speaks the words of the wire, with the token, below the path of its endpoint', async () => {
    const client = clientOf(`${controlPlane.url}/vitals//`);
    await client.register(REGISTRATION, undefined, options);
    await client.beat(makeBeat, options);
    const info = () => ({ timestamp: TIMESTAMP, capacity: { cpu: '500m' }, capabilities: ['gpu'] });
    await client.info(info, options);
    expect(controlPlane.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/vitals/providers', { name: 'vm-1', ...REGISTRATION }],
      ['PUT', '/vitals/providers/vm-1/status', makeBeat()],
      ['PATCH', '/vitals/providers/vm-1/resources', info()],
    ]);
    for (const { headers } of controlPlane.requests) {
      expect(headers).toMatchObject({ authorization: 'Bearer secret', 'content-type': 'application/json' });
    }
  });

  it('sends no authorization without a token', async () => {
    await clientOf().beat(makeBeat, { ...options, token: undefined });
    expect(controlPlane.beats[0]?.headers).not.toHaveProperty('authorization');
  });

  it('uses one connection for everything, also for what is sent at the same time', async () => {
    const client = clientOf();
    for (let beat = 0; beat < 20; beat++) await client.beat(makeBeat, options);
    await Promise.all([client.register(REGISTRATION, undefined, options), client.beat(makeBeat, options)]);
    expect([controlPlane.connections, controlPlane.mostOpen]).toEqual([1, 1]);
  });

  it('sends a beat made anew over a new connection if the kept one turns out to be closed', async () => {
    const client = clientOf();
    await client.beat(makeBeat, options);
    controlPlane.answer = () => {
      controlPlane.answer = () => undefined;
      return { status: 0 };
    };
    let made = 0;
    const answer = await client.beat(() => ({ ...makeBeat(), generation: ++made }), options);
    expect([answer.status, controlPlane.connections]).toEqual([200, 2]);
    expect(controlPlane.beats.map(({ body }) => body['generation'])).toEqual([7, 1, 2]);
  });

  it('does not try again by itself when a new connection is closed', async () => {
    controlPlane.answer = () => ({ status: 0 });
    expect((await clientOf().beat(makeBeat, options)).status).toBe(0);
    expect(controlPlane.requests).toHaveLength(1);
  });

  it('opens its connection again after it was closed', async () => {
    const client = clientOf();
    await client.beat(makeBeat, options);
    client.close();
    expect((await client.beat(makeBeat, options)).status).toBe(200);
    expect(controlPlane.connections).toBe(2);
  });

  it('says why no answer came, and does not reject', async () => {
    const answer = await clientOf(await FakeControlPlane.away()).beat(makeBeat, options);
    expect(answer).toMatchObject({ status: 0, body: {} });
    expect(answer.reason).toContain('ECONNREFUSED');
  });

  it('gives up a request that takes too long', async () => {
    controlPlane.answer = () => new Promise(() => undefined);
    const answer = await clientOf(controlPlane.url, 50).beat(makeBeat, options);
    expect(answer).toMatchObject({ status: 0, reason: 'no answer within 50 ms' });
  });

  it('follows no redirect, for that would carry the token elsewhere', async () => {
    controlPlane.answer = () => ({ status: 307, headers: { location: '/elsewhere' } });
    const { status, reason } = await clientOf().beat(makeBeat, options);
    expect([status, reason]).toEqual([307, expect.stringMatching(/^307 leads to \/elsewhere/)]);
    expect(controlPlane.requests).toHaveLength(1);
  });

  it('goes round its endpoints, on from one that gives no answer', async () => {
    const client = clientOf([await FakeControlPlane.away(), controlPlane.url]);
    const statuses = [];
    for (let attempt = 0; attempt < 3; attempt++)
      statuses.push((await client.beat(makeBeat, options)).status);
    expect(statuses).toEqual([0, 200, 200]);
  });

  it.each([
    [500, [1, 1]],
    [503, [1, 1]],
    [429, [2, 0]],
    [404, [2, 0]],
    [409, [2, 0]],
  ])('after a %d the next call is taken by %j', async (status, calls) => {
    const other = await FakeControlPlane.start();
    controlPlane.answer = () => ({ status });
    const client = clientOf([controlPlane.url, other.url]);
    await client.beat(makeBeat, options);
    await client.beat(makeBeat, options);
    expect([controlPlane.beats.length, other.beats.length]).toEqual(calls);
  });

  it('keeps the connection to its only endpoint when that answers that it cannot', async () => {
    controlPlane.answer = () => ({ status: 503 });
    const client = clientOf();
    for (let attempt = 0; attempt < 3; attempt++) await client.beat(makeBeat, options);
    expect(controlPlane.connections).toBe(1);
  });

  it('stays with its endpoint when its own side ended the request', async () => {
    const stop = new AbortController();
    controlPlane.answer = () => {
      stop.abort();
      return new Promise(() => undefined);
    };
    const client = clientOf([controlPlane.url, await FakeControlPlane.away()]);
    expect((await client.beat(makeBeat, { ...options, signal: stop.signal })).status).toBe(0);
    controlPlane.answer = () => undefined;
    expect((await client.beat(makeBeat, options)).status).toBe(200);
  });

  it('sends nothing once it was stopped', async () => {
    const answer = await clientOf().beat(makeBeat, { ...options, signal: AbortSignal.abort() });
    expect([answer.status, controlPlane.requests]).toEqual([0, []]);
  });
});
