import { FakeControlPlane } from '../test/fake-control-plane.js';
import { ControlPlaneClient } from './control-plane.client.js';

const REGISTRATION = { endpoint: 'http://vm-1:8080', service_type: 'vm', schema_version: '1' };
const TIMESTAMP = '2026-01-01T00:00:00.000Z';

let controlPlane: FakeControlPlane;
let signal: AbortSignal;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  signal = new AbortController().signal;
});

function clientOf(urls: string | string[] = controlPlane.url, timeoutMs = 2_000): ControlPlaneClient {
  return new ControlPlaneClient({ controlPlane: urls, name: 'vm-1', token: 'secret' }, timeoutMs);
}

describe('ControlPlaneClient', () => {
  it('speaks the words of the wire, with its token', async () => {
    const client = clientOf(`${controlPlane.url}//`);
    await client.register(REGISTRATION, signal);
    await client.beat(TIMESTAMP, 'Ready', 7, signal);
    await client.info(TIMESTAMP, { capacity: { cpu: '500m' }, capabilities: ['gpu'] }, signal);
    expect(controlPlane.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/providers', { name: 'vm-1', ...REGISTRATION }],
      ['PUT', '/providers/vm-1/status', { timestamp: TIMESTAMP, phase: 'Ready', generation: 7 }],
      [
        'PATCH',
        '/providers/vm-1/resources',
        { timestamp: TIMESTAMP, capacity: { cpu: '500m' }, capabilities: ['gpu'] },
      ],
    ]);
    for (const { headers } of controlPlane.requests) {
      expect(headers).toMatchObject({ authorization: 'Bearer secret', 'content-type': 'application/json' });
    }
  });

  it('keeps its connection from one request to the next', async () => {
    const client = clientOf();
    for (let beat = 0; beat < 20; beat++) await client.beat(TIMESTAMP, 'Ready', 1, signal);
    expect(controlPlane.connections).toBeLessThanOrEqual(2);
  });

  it('sends no authorization without a token', async () => {
    await new ControlPlaneClient({ controlPlane: controlPlane.url, name: 'vm-1' }, 2_000).beat(
      TIMESTAMP,
      'Ready',
      undefined,
      signal,
    );
    expect(controlPlane.beats[0]?.headers).not.toHaveProperty('authorization');
    expect(controlPlane.beats[0]?.body).not.toHaveProperty('generation');
  });

  it.each([
    ['the detail of a problem', { body: { detail: 'another instance' } }, '409 another instance'],
    ['a text that is no JSON', { body: '<html>' }, '409 <html>'],
    ['no body at all', { body: '' }, '409'],
    ['a body that is no object', { body: 'null' }, '409 null'],
    ['a long text, cut', { body: 'x'.repeat(1_000) }, `409 ${'x'.repeat(300)}`],
  ])('gives %s as the reason of a refusal', async (_what, answer, reason) => {
    controlPlane.answer = () => ({ status: 409, ...answer });
    expect(await clientOf().beat(TIMESTAMP, 'Ready', 1, signal)).toMatchObject({ status: 409, reason });
  });

  it.each([
    ['3', 3_000],
    ['99999999999', 600_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads Retry-After %s as %s ms', async (retryAfter, retryAfterMs) => {
    controlPlane.answer = () => ({
      status: 503,
      ...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }),
    });
    expect((await clientOf().beat(TIMESTAMP, 'Ready', 1, signal)).retryAfterMs).toBe(retryAfterMs);
  });

  it('says why no answer came, and does not reject', async () => {
    const answer = await clientOf(await FakeControlPlane.away()).beat(TIMESTAMP, 'Ready', 1, signal);
    expect(answer).toMatchObject({ status: 0, body: {} });
    expect(answer.reason).toContain('ECONNREFUSED');
  });

  it('gives up a request that takes too long', async () => {
    controlPlane.answer = () => new Promise(() => undefined);
    const answer = await clientOf(controlPlane.url, 50).beat(TIMESTAMP, 'Ready', 1, signal);
    expect(answer).toMatchObject({ status: 0, reason: 'no answer within 50 ms' });
  });

  it('follows no redirect, for that would carry the token elsewhere', async () => {
    controlPlane.answer = () => ({ status: 307, headers: { location: '/elsewhere' } });
    expect((await clientOf().beat(TIMESTAMP, 'Ready', 1, signal)).status).toBe(0);
    expect(controlPlane.requests).toHaveLength(1);
  });

  it('goes round its endpoints, on from one that gives no answer', async () => {
    const client = clientOf([await FakeControlPlane.away(), controlPlane.url]);
    const statuses = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      statuses.push((await client.beat(TIMESTAMP, 'Ready', 1, signal)).status);
    }
    expect(statuses).toEqual([0, 200, 200]);
  });

  it('stays with an endpoint that answers, even if it answers that it cannot', async () => {
    const other = await FakeControlPlane.start();
    controlPlane.answer = () => ({ status: 503 });
    const client = clientOf([controlPlane.url, other.url]);
    await client.beat(TIMESTAMP, 'Ready', 1, signal);
    await client.beat(TIMESTAMP, 'Ready', 1, signal);
    expect([controlPlane.beats.length, other.beats.length]).toEqual([2, 0]);
  });

  it('stays with its endpoint when its own side ended the request', async () => {
    const stop = new AbortController();
    controlPlane.answer = () => {
      stop.abort();
      return new Promise(() => undefined);
    };
    const client = clientOf([controlPlane.url, await FakeControlPlane.away()]);
    expect((await client.beat(TIMESTAMP, 'Ready', 1, stop.signal)).status).toBe(0);
    controlPlane.answer = () => undefined;
    expect((await client.beat(TIMESTAMP, 'Draining', 1, signal)).status).toBe(200);
  });

  it('sends nothing once it was stopped', async () => {
    expect((await clientOf().beat(TIMESTAMP, 'Ready', 1, AbortSignal.abort())).status).toBe(0);
    expect(controlPlane.requests).toEqual([]);
  });
});
