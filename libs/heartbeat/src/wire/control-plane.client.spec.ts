import { SystemClock } from '@vitals/core/time';
import { FakeControlPlane, problem } from '../../test/fake-control-plane.js';
import { readBaseUrl } from './base-url.js';
import { type Beat, type CallOptions, ControlPlaneClient } from './control-plane.client.js';

const REGISTRATION = { endpoint: 'http://vm-1:8080', service_type: 'vm', schema_version: '1' };
const TIMESTAMP = '2026-01-01T00:00:00.000Z';

let controlPlane: FakeControlPlane;
let client: ControlPlaneClient;
let options: CallOptions;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  client = new ControlPlaneClient('vm-1', new SystemClock());
  options = optionsOf(controlPlane.url);
});

afterEach(() => client.close());

function optionsOf(url: string): CallOptions {
  const { signal } = new AbortController();
  return { endpoint: readBaseUrl(url), token: 'secret', signal, timeoutMs: 30_000 };
}

function makeBeat(): Beat {
  return { timestamp: TIMESTAMP, phase: 'Ready', generation: 7 };
}

describe('ControlPlaneClient', () => {
  it('speaks the words of the wire, with the token, below the path of its endpoint', async () => {
    const below = { ...options, endpoint: readBaseUrl(`${controlPlane.url}/vitals//`) };
    await client.register(REGISTRATION, undefined, below);
    await client.beat(makeBeat, below);
    const info = () => ({ timestamp: TIMESTAMP, capacity: { cpu: '500m' }, capabilities: ['gpu'] });
    await client.info(info, below);
    expect(controlPlane.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/vitals/providers', { name: 'vm-1', ...REGISTRATION }],
      ['PUT', '/vitals/providers/vm-1/status', makeBeat()],
      ['PATCH', '/vitals/providers/vm-1/resources', info()],
    ]);
    for (const { headers } of controlPlane.requests) {
      expect(headers).toMatchObject({
        authorization: 'Bearer secret',
        'content-type': 'application/json',
        accept: 'application/json, application/problem+json',
        'accept-encoding': 'identity',
      });
    }
  });

  it('registers as its own name, whatever the registration says', async () => {
    const registration = { ...REGISTRATION, name: 'vm-2' };
    expect(await client.register(registration, undefined, options)).toMatchObject({
      value: { generation: 1 },
    });
    expect(controlPlane.registrations[0]?.body).toMatchObject({ name: 'vm-1' });
  });

  it('sends no authorization without a token', async () => {
    await client.beat(makeBeat, { ...options, token: undefined });
    expect(controlPlane.beats[0]?.headers).not.toHaveProperty('authorization');
  });

  it('uses one connection for everything, also for what is sent at the same time', async () => {
    for (let beat = 0; beat < 20; beat++) await client.beat(makeBeat, options);
    await Promise.all([client.register(REGISTRATION, undefined, options), client.beat(makeBeat, options)]);
    expect([controlPlane.connections, controlPlane.mostOpen]).toEqual([1, 1]);
  });

  it('keeps a connection to each endpoint, until it leaves that', async () => {
    const other = await FakeControlPlane.start();
    for (let beat = 0; beat < 3; beat++) {
      await client.beat(makeBeat, options);
      await client.beat(makeBeat, optionsOf(other.url));
    }
    expect([controlPlane.connections, other.connections]).toEqual([1, 1]);
    client.leave(options.endpoint);
    await client.beat(makeBeat, options);
    await client.beat(makeBeat, optionsOf(other.url));
    expect([controlPlane.connections, other.connections]).toEqual([2, 1]);
  });

  it('sends a beat made anew over a new connection if the kept one turns out to be closed', async () => {
    await client.beat(makeBeat, options);
    controlPlane.answer = () => {
      controlPlane.answer = () => undefined;
      return { status: 0 };
    };
    let made = 0;
    const answer = await client.beat(() => ({ ...makeBeat(), generation: ++made }), options);
    expect([answer, controlPlane.connections]).toEqual([{ value: 1_000, asksToDrain: false }, 2]);
    expect(controlPlane.beats.map(({ body }) => body['generation'])).toEqual([7, 1, 2]);
  });

  it('does not try again by itself when a new connection is closed', async () => {
    controlPlane.answer = () => ({ status: 0 });
    expect(await client.beat(makeBeat, options)).toMatchObject({ cause: 'no-answer', status: 0 });
    expect(controlPlane.requests).toHaveLength(1);
  });

  it('opens its connection again after it was closed', async () => {
    await client.beat(makeBeat, options);
    client.close();
    expect(await client.beat(makeBeat, options)).toMatchObject({ value: 1_000 });
    expect(controlPlane.connections).toBe(2);
  });

  it('says why no answer came, and does not reject', async () => {
    const answer = await client.beat(makeBeat, optionsOf(await FakeControlPlane.away()));
    expect(answer).toMatchObject({ status: 0, reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('gives up a request that takes too long', async () => {
    controlPlane.answer = () => new Promise(() => undefined);
    const answer = await client.beat(makeBeat, { ...options, timeoutMs: 50 });
    expect(answer).toMatchObject({ cause: 'no-answer', reason: 'no answer within 50 ms' });
  });

  it('follows no redirect, for that would carry the token elsewhere', async () => {
    const elsewhere = await FakeControlPlane.start();
    const location = `${elsewhere.url}/providers/vm-1/status`;
    for (const status of [301, 302, 303, 307, 308]) {
      controlPlane.answer = () => ({ status, headers: { location } });
      expect(await client.beat(makeBeat, options)).toMatchObject({ cause: 'foreign', status });
    }
    expect([controlPlane.requests.length, elsewhere.requests.length]).toEqual([5, 0]);
  });

  it('never repeats its token in a reason, whoever sends that back', async () => {
    controlPlane.answer = ({ headers }) =>
      problem(401, 'unauthenticated', `who is ${headers.authorization}?`);
    const refused = await client.beat(makeBeat, options);
    expect(refused).toMatchObject({ cause: 'refused', reason: '401 who is Bearer (token)?' });
    controlPlane.answer = () => ({ status: 302, headers: { location: '/?token=secret' } });
    const redirected = await client.beat(makeBeat, options);
    expect(redirected).toMatchObject({ reason: expect.stringContaining('to /?token=(token);') });
  });

  it('takes a registration as large as may be, whose answer is larger', async () => {
    const metadata = { notes: 'x'.repeat(64_000) };
    controlPlane.answer = (request) => {
      const usual = controlPlane.usual(request);
      return {
        ...usual,
        body: { ...request.body, ...(usual.body as object), labels: { more: 'y'.repeat(2_000) } },
      };
    };
    const answer = await client.register({ ...REGISTRATION, metadata }, undefined, options);
    expect(answer).toMatchObject({ value: { generation: 1 } });
  });

  it('sends nothing once it was stopped', async () => {
    const answer = await client.beat(makeBeat, { ...options, signal: AbortSignal.abort() });
    expect([answer, controlPlane.requests]).toEqual([expect.objectContaining({ status: 0 }), []]);
  });
});
