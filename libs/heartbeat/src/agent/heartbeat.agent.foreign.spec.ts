import {
  type FakeAnswer,
  FakeControlPlane,
  problem,
  type Received,
  until,
} from '../../test/fake-control-plane.js';
import { stamp, WatchedAgent } from '../../test/watched-agent.js';
import type { CallKind } from './index.js';

const METHODS: Readonly<Record<CallKind, string>> = { registration: 'POST', beat: 'PUT', info: 'PATCH' };
const CALLS = Object.keys(METHODS) as CallKind[];

const html = (status: number): FakeAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html>sign in',
});

/** What others answer where a control plane was. */
const FOREIGN: readonly [what: string, (request: Received) => FakeAnswer][] = [
  ['a page', () => html(200)],
  ['a page with 401', () => html(401)],
  ['a page with 403', () => html(403)],
  ['a page with 404', () => html(404)],
  ['a page with 409', () => html(409)],
  ['a page with 503', () => html(503)],
  ['nothing, and 200', () => ({ status: 200 })],
  ['204', () => ({ status: 204 })],
  ['a redirect', () => ({ status: 302, headers: { location: '/sign-in' } })],
  [
    'half an answer',
    () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"next_' }),
  ],
  ['JSON of another service', () => ({ status: 200, body: { status: 'UP' } })],
  ['what was sent', ({ body }) => ({ status: 200, body })],
  ['a list', () => ({ status: 200, body: [] })],
  ['JSON with 401', () => ({ status: 401, body: { code: 'unauthenticated' } })],
  [
    'a problem of another product',
    () => ({ ...problem(403), body: { type: 'about:blank', code: 'forbidden' } }),
  ],
];

let controlPlane: FakeControlPlane;
const info = () => ({ capacity: { cpu: 8 } });

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  controlPlane.intervalSeconds = 10;
});

describe('HeartbeatAgent, answered by somebody else', () => {
  const cases = CALLS.flatMap((call) => FOREIGN.map(([what, answer]) => [call, what, answer] as const));

  it.each(cases)(
    'takes no %s for done, nor itself for refused, because of %s',
    async (call, _what, answer) => {
      controlPlane.answer = (request) => (request.method === METHODS[call] ? answer(request) : undefined);
      const watched = new WatchedAgent(controlPlane, { info });
      watched.agent.start();
      await watched.after('failed');
      expect(watched.of('failed')).toMatchObject([
        { call, cause: 'foreign', endpoint: controlPlane.url, isNews: true },
      ]);
      const acknowledged = call === 'registration' ? 'registered' : call;
      expect([watched.of(acknowledged), watched.of('refused')]).toEqual([[], []]);
      controlPlane.answer = () => undefined;
      await watched.untilRetry();
      await watched.after('info');
      expect(watched.agent.metrics).toMatchObject({ sent: 1, registrations: 1, infoSent: 1, failed: 1 });
    },
  );

  it.each(FOREIGN)('asks its other control plane at once when the answer is %s', async (_what, answer) => {
    const other = await FakeControlPlane.start();
    other.intervalSeconds = 10;
    const watched = await new WatchedAgent([controlPlane.url, other.url], { info }).started();
    await watched.after('info');
    controlPlane.answer = answer;
    await watched.clock.advance(10_000);
    await watched.after('beat', 2);
    expect(other.beats.map(({ body }) => body['timestamp'])).toEqual([stamp(10_000)]);
    expect(watched.of('failed')).toMatchObject([{ call: 'beat', cause: 'foreign', retryInMs: 0 }]);
    expect(watched.of('beat')[1]).toMatchObject({ endpoint: other.url });
  });

  it('heeds no request to drain that comes with an answer of somebody else', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.answer = () => ({ ...html(200), headers: { 'vitals-directive': 'drain' } });
    await watched.clock.advance(10_000);
    await watched.after('failed');
    expect([watched.of('drain'), watched.agent.drainRequested]).toEqual([[], false]);
  });

  it('takes no token from an answer to anything but its registration', async () => {
    controlPlane.answer = (request) => {
      const usual = controlPlane.usual(request);
      return request.method === 'POST'
        ? usual
        : { ...usual, body: { ...(usual.body as object), token: 'theirs' } };
    };
    const watched = await new WatchedAgent(controlPlane, { token: 'mine' }).started();
    await watched.clock.advance(10_000);
    await watched.after('beat', 2);
    expect(controlPlane.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(3).fill('Bearer mine'),
    );
  });

  it('goes on with one control plane when what the other says would be final, were it said by one', async () => {
    const other = await FakeControlPlane.start();
    controlPlane.answer = () => html(401);
    const watched = await new WatchedAgent([controlPlane.url, other.url]).started();
    expect(watched.of('registered')).toMatchObject([{ endpoint: other.url }]);
  });

  it('ends when one control plane of several refuses it, for they are one', async () => {
    const other = await FakeControlPlane.start();
    const watched = await new WatchedAgent([controlPlane.url, other.url]).started();
    controlPlane.answer = () => problem(409);
    await watched.clock.advance(10_000);
    await watched.after('refused');
    expect([watched.of('refused'), other.requests]).toMatchObject([[{ endpoint: controlPlane.url }], []]);
  });
});

describe('HeartbeatAgent, whose last word somebody else answers', () => {
  it('says it to the next control plane', async () => {
    const other = await FakeControlPlane.start();
    const watched = await new WatchedAgent([controlPlane.url, other.url]).started();
    controlPlane.answer = () => html(200);
    await watched.agent.stop();
    expect([controlPlane.phases, other.phases]).toEqual([['Ready', 'Draining'], ['Draining']]);
    expect(watched.of('unheard')).toEqual([]);
  });

  it('leaves each control plane its share of a second, so that one that hangs does not silence it', async () => {
    const other = await FakeControlPlane.start();
    const watched = await new WatchedAgent([controlPlane.url, other.url]).started();
    controlPlane.answer = () => new Promise(() => undefined);
    await watched.agent.stop();
    expect(other.phases).toEqual(['Draining']);
  });

  it.each<[string, () => FakeAnswer, RegExp]>([
    ['a page', () => html(200), /200 with content-type text\/html$/],
    ['a setback', () => problem(503), /^503 store-unavailable$/],
    ['a refusal', () => problem(409), /^409 generation-stale$/],
  ])('says so when nobody acknowledges it, but %s comes', async (_what, answer, reason) => {
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.answer = answer;
    await watched.agent.stop();
    expect(watched.of('unheard')).toEqual([
      { endpoint: controlPlane.url, reason: expect.stringMatching(reason) },
    ]);
    expect(watched.agent.metrics).toMatchObject({ sent: 1, failed: 1 });
  });
});

describe('HeartbeatAgent, asked to come back later', () => {
  const later = (answer: FakeAnswer): FakeAnswer => ({
    ...answer,
    headers: { ...answer.headers, 'retry-after': '600' },
  });

  it.each(CALLS)('asks its other control plane at once for its %s', async (call) => {
    const other = await FakeControlPlane.start();
    other.intervalSeconds = 10;
    controlPlane.answer = ({ method }) => (method === METHODS[call] ? later(problem(503)) : undefined);
    const watched = new WatchedAgent([controlPlane.url, other.url], { info });
    watched.agent.start();
    await watched.after('info');
    const asked = other.requests.find(({ method }) => method === METHODS[call]);
    expect(asked?.body['timestamp'] ?? stamp(0)).toBe(stamp(0));
    expect(watched.of('failed')).toMatchObject([{ call, cause: 'busy', retryInMs: 0 }]);
    expect(controlPlane.requests.filter(({ method }) => method === METHODS[call])).toHaveLength(1);
  });

  it('comes back to it when the other fails, not before its time', async () => {
    const other = await FakeControlPlane.start();
    other.intervalSeconds = 10;
    const watched = await new WatchedAgent([controlPlane.url, other.url]).started();
    controlPlane.answer = () => ({
      ...later(problem(429)),
      headers: { ...problem(429).headers, 'retry-after': '8' },
    });
    other.answer = () => html(200);
    await watched.clock.advance(10_000);
    await watched.after('failed', 2);
    controlPlane.answer = () => undefined;
    await until(async () => {
      await watched.clock.advance(100);
      return watched.of('beat').length === 2;
    });
    const [, failedAt, backAt] = controlPlane.beats.map(({ body }) =>
      Date.parse(body['timestamp'] as string),
    );
    expect((backAt as number) - (failedAt as number)).toBeGreaterThanOrEqual(8_000);
    expect(other.beats.length).toBeGreaterThan(2);
  });

  it('sends info and beats apart: what info is told holds no beat back, and moves none', async () => {
    const other = await FakeControlPlane.start();
    controlPlane.answer = ({ method }) => (method === 'PATCH' ? later(problem(503)) : undefined);
    const watched = await new WatchedAgent([controlPlane.url, other.url], { info }).started();
    await watched.after('info');
    await watched.clock.advance(10_000);
    await watched.after('beat', 2);
    expect([controlPlane.beats.length, other.beats.length, other.infos.length]).toEqual([2, 0, 1]);
  });
});
