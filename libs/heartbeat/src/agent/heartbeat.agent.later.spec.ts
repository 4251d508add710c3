import { type FakeAnswer, FakeControlPlane, problem, until } from '../../test/fake-control-plane.js';
import { stamp, WatchedAgent } from '../../test/watched-agent.js';
import type { CallKind } from './index.js';

const METHODS: Readonly<Record<CallKind, string>> = { registration: 'POST', beat: 'PUT', info: 'PATCH' };
const CALLS = Object.keys(METHODS) as CallKind[];

const html = (status: number): FakeAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html>sign in',
});

let controlPlane: FakeControlPlane;
const info = () => ({ capacity: { cpu: 8 } });

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  controlPlane.intervalSeconds = 10;
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
