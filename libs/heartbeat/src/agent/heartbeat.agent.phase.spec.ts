import { FakeControlPlane, until } from '../../test/fake-control-plane.js';
import { stamp, WatchedAgent } from '../../test/watched-agent.js';
import type { Phase } from './index.js';

let controlPlane: FakeControlPlane;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
});

describe('HeartbeatAgent, phase', () => {
  it('keeps its interval while it starts, and says that it has started within a second', async () => {
    controlPlane.intervalSeconds = 10;
    let phase: Phase = 'Starting';
    const watched = await new WatchedAgent(controlPlane, { phase: () => phase }).started();
    await watched.clock.advance(5_000);
    phase = 'Ready';
    await watched.clock.advance(1_000);
    await watched.after('beat', 2);
    await watched.clock.advance(10_000);
    await watched.after('beat', 3);
    expect(controlPlane.beats.map(({ body }) => [body['timestamp'], body['phase']])).toEqual([
      [stamp(0), 'Starting'],
      [stamp(6_000), 'Ready'],
      [stamp(16_000), 'Ready'],
    ]);
  });

  it.each<[string, () => 'Ready' | Promise<'Ready'>]>([
    [
      'throws',
      () => {
        throw new Error('no idea');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no idea'))],
  ])('reports NotReady when the phase function %s', async (_how, phase) => {
    await new WatchedAgent(controlPlane, { phase }).started();
    expect(controlPlane.phases).toEqual(['NotReady']);
  });

  it('reports NotReady when the phase function hangs', async () => {
    controlPlane.intervalSeconds = 60;
    const watched = new WatchedAgent(controlPlane, { phase: () => new Promise(() => undefined) });
    watched.agent.start();
    await watched.after('registered');
    await watched.clock.advance(5_000);
    await watched.after('beat');
    expect(controlPlane.beats[0]?.body).toMatchObject({ phase: 'NotReady', timestamp: stamp(5_000) });
  });

  it('beats at once when it is told that the phase has changed', async () => {
    let phase: 'Ready' | 'Maintenance' = 'Ready';
    const watched = await new WatchedAgent(controlPlane, { phase: () => phase }).started();
    phase = 'Maintenance';
    watched.agent.phaseChanged();
    await watched.after('beat', 2);
    expect(controlPlane.phases).toEqual(['Ready', 'Maintenance']);
  });

  it('beats again at once when the phase changes while a beat is under way', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    controlPlane.answer = () => {
      controlPlane.answer = () => undefined;
      watched.agent.phaseChanged();
      return undefined;
    };
    await watched.clock.advance(1_000);
    await watched.after('beat', 3);
    expect(watched.of('beat')).toHaveLength(3);
  });

  it('beats at most ten times before its time, however often it is told that the phase has changed', async () => {
    controlPlane.intervalSeconds = 10;
    const watched = new WatchedAgent(controlPlane);
    watched.agent.on('beat', () => watched.agent.phaseChanged());
    await watched.started();
    await watched.after('beat', 11);
    await watched.clock.advance(9_999);
    expect(controlPlane.beats).toHaveLength(11);
    await watched.clock.advance(1);
    await watched.after('beat', 12);
  });

  it('beats when it is told that the phase may have changed only if it has', async () => {
    controlPlane.intervalSeconds = 10;
    let phase: Phase = 'Ready';
    const watched = await new WatchedAgent(controlPlane, { phase: () => phase }).started();
    watched.agent.reconsiderPhase();
    await watched.clock.advance(100);
    phase = 'NotReady';
    watched.agent.reconsiderPhase();
    await watched.after('beat', 2);
    expect(controlPlane.beats.map(({ body }) => body['timestamp'])).toEqual([0, 100].map(stamp));
  });

  it('computes a phase again that changes while it is computed, and beats once', async () => {
    controlPlane.intervalSeconds = 10;
    let phase: Phase = 'Ready';
    const watched = new WatchedAgent(controlPlane, {
      phase: () => {
        const now = phase;
        if (now === 'Ready') {
          phase = 'NotReady';
          watched.agent.reconsiderPhase();
        }
        return now;
      },
    });
    await watched.started();
    await watched.clock.advance(1_000);
    expect(controlPlane.phases).toEqual(['NotReady']);
  });

  it('is still alive while the phase takes long: it says what it knew, then at once what came of it', async () => {
    let answers: ((phase: Phase) => void)[] = [];
    let isSlow = false;
    const phase = (): Phase | Promise<Phase> =>
      isSlow ? new Promise((resolve) => answers.push(resolve)) : 'Ready';
    controlPlane.intervalSeconds = 10;
    const watched = await new WatchedAgent(controlPlane, { phase }).started();
    isSlow = true;
    await watched.clock.advance(10_250);
    await watched.after('beat', 2);
    await watched.clock.advance(750);
    for (let asked = 1; asked <= 2; asked++) {
      await until(() => answers.length === 1);
      answers = answers.flatMap((tell) => tell('NotReady') ?? []);
    }
    await watched.after('beat', 3);
    expect(controlPlane.beats.map(({ body }) => [body['timestamp'], body['phase']])).toEqual([
      [stamp(0), 'Ready'],
      [stamp(10_250), 'Ready'],
      [stamp(11_000), 'NotReady'],
    ]);
  });

  it('begins to compute a slow phase early, so that the beat goes out at its interval', async () => {
    controlPlane.intervalSeconds = 10;
    const watched = new WatchedAgent(controlPlane, {
      phase: () => new Promise((resolve) => watched.clock.after(100, () => resolve('Ready'))),
    });
    watched.agent.start();
    await watched.after('registered');
    await watched.clock.advance(100);
    await watched.after('beat');
    await watched.clock.advance(10_000);
    await watched.after('beat', 2);
    expect(controlPlane.beats.map(({ body }) => body['timestamp'])).toEqual([100, 10_100].map(stamp));
  });

  it('says once why it does not know its phase, and again when it fails otherwise', async () => {
    let failure = 'no idea';
    const watched = await new WatchedAgent(controlPlane, {
      phase: () => {
        if (failure === '') return 'ready' as Phase;
        throw new Error(failure);
      },
    }).started();
    for (const next of ['no idea', '']) {
      failure = next;
      await watched.clock.advance(1_000);
      await watched.after('beat', watched.of('beat').length + 1);
    }
    expect(watched.of('fault')).toEqual([
      { source: 'phase', reason: 'no idea' },
      {
        source: 'phase',
        reason:
          'gave ready, which is not a phase; there are Starting, Ready, NotReady, Draining, Maintenance',
      },
    ]);
    expect(controlPlane.phases).toEqual(['NotReady', 'NotReady', 'NotReady']);
  });
});
