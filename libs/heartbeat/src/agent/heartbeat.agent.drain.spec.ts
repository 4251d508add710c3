import { FakeControlPlane, problem } from '../../test/fake-control-plane.js';
import { WatchedAgent } from '../../test/watched-agent.js';
import type { HeartbeatAgentOptions, Phase } from './index.js';

let controlPlane: FakeControlPlane;
let isAsked: boolean;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  controlPlane.intervalSeconds = 10;
  isAsked = false;
  controlPlane.answer = (request) =>
    request.method === 'PUT' && isAsked
      ? { ...controlPlane.usual(request), headers: { 'vitals-directive': 'drain' } }
      : undefined;
});

/** Lets an agent beat once more at its interval. */
async function nextBeat(watched: WatchedAgent): Promise<void> {
  const count = watched.of('beat').length;
  await watched.clock.advance(10_000);
  await watched.after('beat', count + 1);
}

async function drainingAgent(options: Partial<HeartbeatAgentOptions> = {}): Promise<WatchedAgent> {
  const watched = await new WatchedAgent(controlPlane, options).started();
  isAsked = true;
  await nextBeat(watched);
  return watched;
}

describe('HeartbeatAgent, asked to drain', () => {
  it('says so once, and reports Draining at once and from then on', async () => {
    let calls = 0;
    const watched = await drainingAgent({ onDrain: () => calls++ });
    await watched.after('beat', 3);
    await nextBeat(watched);
    expect(controlPlane.phases).toEqual(['Ready', 'Ready', 'Draining', 'Draining']);
    expect([watched.of('drain').length, calls, watched.agent.drainRequested]).toEqual([1, 1, true]);
  });

  it('is back at what is computed when the request was taken back, and heeds the next one', async () => {
    const watched = await drainingAgent();
    await watched.after('beat', 3);
    isAsked = false;
    await nextBeat(watched);
    await watched.after('beat', 5);
    expect(watched.agent.drainRequested).toBe(false);
    isAsked = true;
    await nextBeat(watched);
    await watched.after('beat', 7);
    expect(controlPlane.phases.slice(2)).toEqual(['Draining', 'Draining', 'Ready', 'Ready', 'Draining']);
    expect([watched.of('drain').length, watched.of('resume').length]).toEqual([2, 1]);
  });

  it('reports Draining whatever its readiness is', async () => {
    const watched = await drainingAgent({ readiness: () => 'NotReady' });
    await watched.after('beat', 3);
    expect(controlPlane.phases).toEqual(['NotReady', 'NotReady', 'Draining']);
  });

  it('leaves the phase to the app if that decides it, and tells it of the request', async () => {
    const phase = ({ drainRequested }: { drainRequested: boolean }): Phase =>
      drainRequested ? 'Maintenance' : 'Ready';
    const watched = await drainingAgent({ phase });
    await watched.after('beat', 3);
    expect(controlPlane.phases).toEqual(['Ready', 'Ready', 'Maintenance']);
  });

  it('sends no beat before its time if the app decides that nothing changes', async () => {
    const watched = await drainingAgent({ phase: () => 'Ready' });
    await watched.clock.advance(9_000);
    expect(controlPlane.phases).toEqual(['Ready', 'Ready']);
  });

  it('beats on when what is to be done then fails, and says why', async () => {
    const watched = await drainingAgent({ onDrain: () => Promise.reject(new Error('cannot stop')) });
    await watched.after('beat', 3);
    expect(watched.of('fault')).toEqual([{ source: 'onDrain', reason: 'cannot stop' }]);
  });

  it('takes a failed beat for no withdrawal of the request', async () => {
    const watched = await drainingAgent();
    await watched.after('beat', 3);
    controlPlane.answer = () => problem(503);
    await watched.clock.advance(10_000);
    await watched.after('failed');
    expect([watched.agent.drainRequested, watched.of('resume')]).toEqual([true, []]);
  });
});
