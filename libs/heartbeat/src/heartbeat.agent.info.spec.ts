import { FakeControlPlane } from '../test/fake-control-plane.js';
import { stamp, WatchedAgent } from '../test/watched-agent.js';
import type { ProviderInfo } from './agent.options.js';

let controlPlane: FakeControlPlane;
let cpu: number;
const info = (): ProviderInfo => ({ capacity: { cpu } });

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  cpu = 8;
});

describe('HeartbeatAgent, info', () => {
  it('is sent once at start, after the first beat, and not with every beat', async () => {
    const watched = await new WatchedAgent(controlPlane, { info }).started();
    await watched.after('info');
    await watched.clock.advance(1_000);
    await watched.after('beat', 2);
    await watched.clock.advance(1_000);
    await watched.after('beat', 3);
    expect(controlPlane.requests.map(({ method }) => method)).toEqual(['POST', 'PUT', 'PATCH', 'PUT', 'PUT']);
    expect(controlPlane.infos[0]?.body).toEqual({ timestamp: stamp(0), capacity: { cpu: 8 } });
  });

  it('is sent again every five minutes unless told otherwise', async () => {
    controlPlane.intervalSeconds = 100;
    const watched = await new WatchedAgent(controlPlane, { info }).started();
    await watched.after('info');
    for (let beat = 2; beat <= 4; beat++) {
      await watched.clock.advance(100_000);
      await watched.after('beat', beat);
    }
    await watched.after('info', 2);
    expect(controlPlane.infos.map(({ body }) => body['timestamp'])).toEqual([stamp(0), stamp(300_000)]);
  });

  it('is sent at once when it has changed', async () => {
    const watched = await new WatchedAgent(controlPlane, { info }).started();
    await watched.after('info');
    cpu = 4;
    watched.agent.infoChanged();
    await watched.after('info', 2);
    expect(controlPlane.infos.map(({ body }) => body['capacity'])).toEqual([{ cpu: 8 }, { cpu: 4 }]);
  });

  it('is sent again at once when it changes while it is being sent', async () => {
    const watched = new WatchedAgent(controlPlane, { info });
    controlPlane.answer = ({ method }) => {
      if (method === 'PATCH' && cpu === 8) {
        cpu = 4;
        watched.agent.infoChanged();
      }
      return undefined;
    };
    await watched.started();
    await watched.after('info', 2);
    expect(controlPlane.infos.map(({ body }) => body['capacity'])).toEqual([{ cpu: 8 }, { cpu: 4 }]);
  });

  it('is sent again after registering again', async () => {
    const watched = await new WatchedAgent(controlPlane, { info }).started();
    await watched.after('info');
    controlPlane.answer = ({ method }) => (method === 'PUT' ? { status: 404 } : undefined);
    await watched.clock.advance(1_000);
    await watched.after('failed');
    controlPlane.answer = () => undefined;
    await watched.untilRetry();
    await watched.after('info', 2);
    expect(controlPlane.infos).toHaveLength(2);
  });

  it('that was refused for now is tried again, with the beat before it', async () => {
    controlPlane.answer = ({ method }) => (method === 'PATCH' ? { status: 503 } : undefined);
    const watched = await new WatchedAgent(controlPlane, { info }).started();
    await watched.after('failed');
    controlPlane.answer = () => undefined;
    await watched.untilRetry();
    await watched.after('info');
    expect(controlPlane.requests.map(({ method }) => method)).toEqual([
      'POST',
      'PUT',
      'PATCH',
      'PUT',
      'PATCH',
    ]);
  });

  it('that cannot be told does not stop the beats', async () => {
    const failing = (): ProviderInfo => {
      throw new Error('no idea');
    };
    const watched = await new WatchedAgent(controlPlane, { info: failing }).started();
    await watched.clock.advance(1_000);
    await watched.after('beat', 2);
    expect(controlPlane.infos).toEqual([]);
    expect(watched.agent.metrics).toMatchObject({ sent: 2, failed: 0 });
  });
});
