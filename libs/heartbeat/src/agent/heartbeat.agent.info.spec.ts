import { busy, FakeControlPlane, problem } from '../../test/fake-control-plane.js';
import { stamp, WatchedAgent } from '../../test/watched-agent.js';
import type { ProviderInfo } from './index.js';

let controlPlane: FakeControlPlane;
let cpu: number;
const info = (): ProviderInfo => ({ capacity: { cpu } });

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  controlPlane.intervalSeconds = 10;
  cpu = 8;
});

describe('HeartbeatAgent, info', () => {
  it('is sent once at start, after the first beat, and not with every beat', async () => {
    const watched = await new WatchedAgent(controlPlane, { info }).started();
    await watched.after('info');
    await watched.clock.advance(10_000);
    await watched.after('beat', 2);
    await watched.clock.advance(10_000);
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
    controlPlane.answer = () => {
      controlPlane.answer = () => undefined;
      return problem(404);
    };
    await watched.clock.advance(10_000);
    await watched.after('info', 2);
    expect(watched.of('registered')).toHaveLength(2);
    expect(controlPlane.infos).toHaveLength(2);
  });

  it('that was refused for now is made anew and tried again, without another beat', async () => {
    controlPlane.answer = ({ method }) => (method === 'PATCH' ? problem(503) : undefined);
    const watched = await new WatchedAgent(controlPlane, { info }).started();
    await watched.after('failed');
    controlPlane.answer = () => undefined;
    cpu = 4;
    await watched.untilRetry();
    await watched.after('info');
    expect(controlPlane.requests.map(({ method }) => method)).toEqual(['POST', 'PUT', 'PATCH', 'PATCH']);
    expect(controlPlane.infos[1]?.body['capacity']).toEqual({ cpu: 4 });
  });

  it('that is refused for now does not disturb the beats', async () => {
    controlPlane.answer = ({ method }) => (method === 'PATCH' ? busy('60') : undefined);
    const watched = await new WatchedAgent(controlPlane, { info }).started();
    await watched.after('failed');
    await watched.clock.advance(10_000);
    await watched.after('beat', 2);
    watched.agent.phaseChanged();
    await watched.after('beat', 3);
    expect(controlPlane.infos).toHaveLength(1);
  });

  it('that has changed is noticed with the next beat', async () => {
    const watched = await new WatchedAgent(controlPlane, { info }).started();
    await watched.after('info');
    cpu = 4;
    await watched.clock.advance(10_000);
    await watched.after('info', 2);
    expect(controlPlane.infos.map(({ body }) => body['capacity'])).toEqual([{ cpu: 8 }, { cpu: 4 }]);
  });

  it('that changes in place is noticed, too', async () => {
    const capacity = { cpu: 8 };
    const watched = await new WatchedAgent(controlPlane, { info: () => ({ capacity }) }).started();
    await watched.after('info');
    capacity.cpu = 4;
    await watched.clock.advance(10_000);
    await watched.after('info', 2);
    expect(controlPlane.infos[1]?.body['capacity']).toEqual({ cpu: 4 });
  });

  it('does not flood the control plane however often it is said to have changed', async () => {
    const watched = new WatchedAgent(controlPlane, { info });
    watched.agent.on('info', () => watched.agent.infoChanged());
    await watched.started();
    await watched.after('info', 10);
    await watched.clock.advance(9_000);
    expect(controlPlane.infos).toHaveLength(10);
    await watched.clock.advance(1_000);
    await watched.after('info', 11);
  });

  it('holds up no beat while it is being computed, and is not asked for twice at a time', async () => {
    let asked = 0;
    let tell: (info: ProviderInfo) => void = () => undefined;
    const slow = (): Promise<ProviderInfo> => {
      asked++;
      return new Promise((resolve) => (tell = resolve));
    };
    const watched = await new WatchedAgent(controlPlane, { info: slow }).started();
    for (let beat = 2; beat <= 4; beat++) {
      await watched.clock.advance(10_000);
      await watched.after('beat', beat);
    }
    expect(asked).toBe(1);
    tell({ capacity: { cpu: 2 } });
    await watched.after('info');
    expect(controlPlane.infos[0]?.body['capacity']).toEqual({ cpu: 2 });
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no idea');
      },
      /no idea/,
    ],
    ['gives nothing', () => undefined, /no object with a capacity/],
    ['gives what JSON has no words for', () => ({ capacity: { cpu: 8n } }), /JSON/],
  ])('that %s is told once, and does not stop the beats', async (_what, failing, why) => {
    const watched = await new WatchedAgent(controlPlane, { info: failing as () => ProviderInfo }).started();
    await watched.clock.advance(10_000);
    await watched.after('beat', 2);
    expect(controlPlane.infos).toEqual([]);
    expect(watched.agent.metrics).toMatchObject({ sent: 2, failed: 0 });
    expect(watched.of('fault')).toEqual([{ source: 'info', reason: expect.stringMatching(why) }]);
  });
});
