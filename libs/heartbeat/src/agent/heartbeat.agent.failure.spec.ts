import { busy, FakeControlPlane, problem } from '../../test/fake-control-plane.js';
import { stamp, START_MS, WatchedAgent } from '../../test/watched-agent.js';

let controlPlane: FakeControlPlane;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
});

describe('HeartbeatAgent, in trouble', () => {
  it('tries several times within one interval, each beat made anew', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.answer = () => problem(503);
    await watched.clock.advance(1_000);
    for (let failure = 1; failure <= 2; failure++) {
      await watched.after('failed', failure);
      await watched.untilRetry();
    }
    await watched.after('failed', 3);
    const timestamps = controlPlane.beats.map(({ body }) => Date.parse(body['timestamp'] as string));
    expect(new Set(timestamps).size).toBe(4);
    expect(timestamps[3]).toBeLessThan(START_MS + 2_000);
    const [first, second] = watched.of('failed').map(({ retryInMs }) => retryInMs);
    expect(first).toBeLessThanOrEqual(200);
    expect(second).toBeLessThanOrEqual(400);
    expect(watched.agent.metrics).toMatchObject({ sent: 1, failed: 3 });
  });

  it('sends the phase of the moment with a beat that is tried again', async () => {
    let phase: 'Ready' | 'NotReady' = 'Ready';
    controlPlane.answer = ({ method }) => (method === 'PUT' ? problem(503) : undefined);
    const watched = new WatchedAgent(controlPlane, { phase: () => phase });
    watched.agent.start();
    await watched.after('failed');
    phase = 'NotReady';
    controlPlane.answer = () => undefined;
    await watched.untilRetry();
    await watched.after('beat');
    expect(controlPlane.phases).toEqual(['Ready', 'NotReady']);
  });

  it.each([503, 429])('waits as long as the Retry-After of a %d asks', async (status) => {
    controlPlane.intervalSeconds = 10;
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.answer = () => busy('3', status);
    await watched.clock.advance(10_000);
    await watched.after('failed');
    controlPlane.answer = () => undefined;
    await watched.clock.advance(2_999);
    await watched.clock.advance(1);
    await watched.after('beat', 2);
    expect(controlPlane.beats.map(({ body }) => body['timestamp'])).toEqual([0, 10_000, 13_000].map(stamp));
  });

  it.each(['600', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'waits no longer than an interval, and half of what is left of its lease, when asked for %s',
    async (retryAfter) => {
      controlPlane.intervalSeconds = 10;
      const watched = await new WatchedAgent(controlPlane).started();
      controlPlane.answer = () => busy(retryAfter);
      for (const [at, waitMs] of [10_000, 10_000, 5_000, 2_500].entries()) {
        await watched.clock.advance(waitMs - 1);
        await watched.clock.advance(1);
        await watched.after('failed', at + 1);
      }
      await watched.untilRetry();
      await watched.after('failed', 5);
      const sentMs = controlPlane.beats.map(({ body }) => Date.parse(body['timestamp'] as string) - START_MS);
      expect(sentMs.slice(0, 5)).toEqual([0, 10_000, 20_000, 25_000, 27_500]);
      expect(sentMs[5]).toBeLessThan(30_000);
    },
  );

  it('tells what has changed with the next try, not before Retry-After has passed', async () => {
    controlPlane.intervalSeconds = 10;
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.answer = () => {
      watched.agent.phaseChanged();
      return busy('3');
    };
    await watched.clock.advance(10_000);
    await watched.after('failed');
    controlPlane.answer = () => undefined;
    watched.agent.phaseChanged();
    await watched.clock.advance(3_000);
    await watched.after('beat', 2);
    expect(controlPlane.beats.map(({ body }) => body['timestamp'])).toEqual([0, 10_000, 13_000].map(stamp));
  });

  it('is back at its interval, with the shortest backoff ahead, after one success', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.answer = () => busy('1');
    for (let failure = 1; failure <= 5; failure++) {
      await watched.clock.advance(1_000);
      await watched.after('failed', failure);
    }
    controlPlane.answer = () => undefined;
    await watched.clock.advance(1_000);
    await watched.after('beat', 2);
    controlPlane.answer = () => problem(500);
    await watched.clock.advance(1_000);
    await watched.after('failed', 6);
    expect(watched.of('failed')[5]?.retryInMs).toBeLessThanOrEqual(200);
  });

  it('keeps trying to register with a control plane that is away, and goes on to the next of its list', async () => {
    const watched = new WatchedAgent([await FakeControlPlane.away(), controlPlane.url]);
    watched.agent.start();
    await watched.after('failed');
    expect(watched.of('failed')[0]?.reason).toContain('ECONNREFUSED');
    await watched.untilRetry();
    await watched.after('beat');
    expect(controlPlane.requests.map(({ method }) => method)).toEqual(['POST', 'PUT']);
  });

  it('moves to the next of its list when its control plane goes away', async () => {
    const standby = await FakeControlPlane.start();
    const watched = await new WatchedAgent([controlPlane.url, standby.url]).started();
    await controlPlane.close();
    await watched.clock.advance(1_000);
    await watched.after('failed');
    await watched.untilRetry();
    await watched.after('beat', 2);
    expect(standby.beats[0]?.body).toMatchObject({ generation: 1 });
  });

  it('registers again at once when it is not known any more', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.answer = ({ method }) => {
      controlPlane.answer = () => undefined;
      return method === 'PUT' ? problem(404) : undefined;
    };
    await watched.clock.advance(1_000);
    await watched.after('beat', 2);
    expect(watched.of('failed')).toMatchObject([{ retryInMs: 0 }]);
    expect(controlPlane.requests.map(({ method }) => method)).toEqual(['POST', 'PUT', 'PUT', 'POST', 'PUT']);
    expect(controlPlane.beats[2]?.body).toEqual({ timestamp: stamp(1_000), phase: 'Ready', generation: 2 });
  });

  it('backs off from a control plane that forgets it again and again', async () => {
    controlPlane.answer = ({ method }) => (method === 'PUT' ? problem(404) : undefined);
    const watched = new WatchedAgent(controlPlane);
    watched.agent.start();
    await watched.after('failed');
    await watched.untilRetry();
    await watched.after('failed', 2);
    expect(watched.of('failed')[1]?.retryInMs).toBeGreaterThanOrEqual(50);
  });

  it.each([401, 403, 409])('stops and says so when a beat is answered %d', async (status) => {
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.answer = () => problem(status, undefined, 'another instance');
    await watched.clock.advance(1_000);
    await watched.after('refused');
    await watched.clock.advance(60_000);
    await watched.agent.stop();
    expect(watched.of('refused')).toMatchObject([{ status, reason: `${status} another instance` }]);
    expect(controlPlane.phases).toEqual(['Ready', 'Ready']);
  });

  it('says once what helps when another process took its name', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.answer = () =>
      problem(409, undefined, 'another process has registered under the name since');
    await watched.clock.advance(1_000);
    await watched.after('refused');
    expect(watched.of('refused')).toMatchObject([{ advice: 'run one process for each name' }]);
  });

  it.each([401, 403, 409])('stops and says so when its registration is answered %d', async (status) => {
    controlPlane.answer = () => problem(status);
    const watched = new WatchedAgent(controlPlane);
    watched.agent.start();
    await watched.after('refused');
    await watched.clock.advance(60_000);
    expect(controlPlane.requests).toHaveLength(1);
  });

  it('can be started again after it was refused', async () => {
    controlPlane.answer = () => problem(401);
    const watched = new WatchedAgent(controlPlane);
    watched.agent.start();
    await watched.after('refused');
    controlPlane.answer = () => undefined;
    await watched.started();
    expect(controlPlane.phases).toEqual(['Ready']);
  });
});
