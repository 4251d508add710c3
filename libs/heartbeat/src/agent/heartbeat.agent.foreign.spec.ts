import { type FakeAnswer, FakeControlPlane, problem, type Received } from '../../test/fake-control-plane.js';
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
