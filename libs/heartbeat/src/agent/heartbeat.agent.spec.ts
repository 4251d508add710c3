import { FakeControlPlane, until } from '../../test/fake-control-plane.js';
import { stamp, WatchedAgent } from '../../test/watched-agent.js';

let controlPlane: FakeControlPlane;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
});

describe('HeartbeatAgent', () => {
  it('registers, then beats with the generation it was given', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    expect(controlPlane.requests.map(({ method }) => method)).toEqual(['POST', 'PUT']);
    expect(controlPlane.registrations[0]?.body).toMatchObject({ name: 'vm-1', service_type: 'vm' });
    expect(controlPlane.beats[0]?.body).toEqual({ timestamp: stamp(0), phase: 'Ready', generation: 1 });
    const endpoint = controlPlane.url;
    expect(watched.of('registered')).toEqual([{ generation: 1, endpoint }]);
    expect(watched.of('beat')).toEqual([{ phase: 'Ready', latencyMs: 0, nextIntervalMs: 1_000, endpoint }]);
  });

  it('beats at the interval that it was told last, however often that changes', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.intervalSeconds = 7;
    await watched.clock.advance(1_000);
    await watched.after('beat', 2);
    controlPlane.intervalSeconds = 2;
    await watched.clock.advance(6_999);
    await watched.clock.advance(1);
    await watched.after('beat', 3);
    await watched.clock.advance(2_000);
    await watched.after('beat', 4);
    expect(controlPlane.beats.map(({ body }) => body['timestamp'])).toEqual(
      [0, 1_000, 8_000, 10_000].map(stamp),
    );
  });

  it('counts its interval from the moment it sent, not from the answer', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    let release = (): void => undefined;
    controlPlane.answer = () => new Promise((resolve) => (release = () => resolve(undefined)));
    await watched.clock.advance(1_000);
    await until(() => controlPlane.beats.length === 2);
    await watched.clock.advance(400);
    release();
    await watched.after('beat', 2);
    await watched.clock.advance(600);
    await until(() => controlPlane.beats.length === 3);
    expect(controlPlane.beats[2]?.body['timestamp']).toBe(stamp(2_000));
    expect(watched.agent.metrics).toMatchObject({ sent: 2, lastLatencyMs: 400, intervalMs: 1_000 });
    release();
  });

  it('never lets beats overlap, nor makes up for those that a slow answer cost', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    let release = (): void => undefined;
    controlPlane.answer = () => new Promise((resolve) => (release = () => resolve(undefined)));
    await watched.clock.advance(1_000);
    await until(() => controlPlane.beats.length === 2);
    await watched.clock.advance(5_500);
    controlPlane.answer = () => undefined;
    release();
    await watched.after('beat', 3);
    await watched.clock.advance(1_000);
    await watched.after('beat', 4);
    expect(controlPlane.mostOpen).toBe(1);
    expect(controlPlane.connections).toBe(1);
    expect(controlPlane.beats.map(({ body }) => body['timestamp'])).toEqual(
      [0, 1_000, 6_500, 7_500].map(stamp),
    );
  });

  it('is one loop however often it is started', async () => {
    const watched = new WatchedAgent(controlPlane);
    watched.agent.start();
    await watched.started();
    watched.agent.start();
    await watched.clock.advance(1_000);
    await watched.after('beat', 2);
    expect(controlPlane.requests.map(({ method }) => method)).toEqual(['POST', 'PUT', 'PUT']);
  });
});
