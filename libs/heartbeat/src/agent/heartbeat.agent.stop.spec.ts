import { FakeControlPlane, until } from '../../test/fake-control-plane.js';
import { stamp, WatchedAgent } from '../../test/watched-agent.js';

let controlPlane: FakeControlPlane;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
});

/** What a request may take that is not given up before: no test waits for that. */
const timeout = '10m';

describe('HeartbeatAgent, at its end', () => {
  it('sends Draining with its generation, then nothing more', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    await watched.agent.stop();
    await watched.agent.stop();
    watched.agent.phaseChanged();
    await watched.clock.advance(60_000);
    expect([controlPlane.requests.length, controlPlane.connections]).toEqual([3, 1]);
    expect(controlPlane.beats[1]?.body).toEqual({ timestamp: stamp(0), phase: 'Draining', generation: 1 });
  });

  it('says Draining once when it is stopped twice at the same time', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    await Promise.all([watched.agent.stop(), watched.agent.stop()]);
    expect(controlPlane.phases).toEqual(['Ready', 'Draining']);
  });

  it('says nothing if it never registered', async () => {
    await new WatchedAgent(controlPlane).agent.stop();
    const watched = new WatchedAgent([await FakeControlPlane.away()], { timeout });
    watched.agent.start();
    await watched.after('failed');
    await watched.agent.stop();
    expect(controlPlane.requests).toEqual([]);
  });

  it('does not wait for a beat that is under way', async () => {
    const watched = await new WatchedAgent(controlPlane, { timeout }).started();
    controlPlane.answer = ({ body }) =>
      body['phase'] === 'Draining' ? undefined : new Promise(() => undefined);
    await watched.clock.advance(1_000);
    await until(() => controlPlane.beats.length === 2);
    await watched.agent.stop();
    expect(controlPlane.phases).toEqual(['Ready', 'Ready', 'Draining']);
    expect(watched.of('failed')).toEqual([]);
  });

  it('says Draining to the control plane that it beats to, not to the next of the list', async () => {
    const standby = await FakeControlPlane.start();
    const watched = await new WatchedAgent([controlPlane.url, standby.url]).started();
    controlPlane.answer = ({ body }) =>
      body['phase'] === 'Draining' ? undefined : new Promise(() => undefined);
    await watched.clock.advance(1_000);
    await until(() => controlPlane.beats.length === 2);
    await watched.agent.stop();
    expect(controlPlane.phases).toEqual(['Ready', 'Ready', 'Draining']);
    expect(standby.requests).toEqual([]);
  });

  it('says Draining to the next of the list when the control plane that it beats to has gone', async () => {
    const standby = await FakeControlPlane.start();
    const watched = await new WatchedAgent([controlPlane.url, standby.url]).started();
    await controlPlane.close();
    await watched.agent.stop();
    expect(standby.phases).toEqual(['Draining']);
  });

  it('does not wait for a control plane that is away', async () => {
    const watched = await new WatchedAgent(controlPlane, { timeout }).started();
    await controlPlane.close();
    await watched.agent.stop();
    expect(controlPlane.phases).toEqual(['Ready']);
  });

  it('gives a control plane that does not answer a second for the last word', async () => {
    const watched = await new WatchedAgent(controlPlane, { timeout }).started();
    controlPlane.answer = () => new Promise(() => undefined);
    const startedMs = performance.now();
    await watched.agent.stop();
    expect(performance.now() - startedMs).toBeGreaterThan(950);
    expect(controlPlane.phases).toEqual(['Ready', 'Draining']);
  });

  it('sends no beat whose phase was still being computed', async () => {
    let hang = false;
    let computed = (): void => undefined;
    const phase = (): 'Ready' | Promise<'Ready'> =>
      hang ? new Promise((resolve) => (computed = () => resolve('Ready'))) : 'Ready';
    const watched = await new WatchedAgent(controlPlane, { phase }).started();
    hang = true;
    await watched.clock.advance(1_000);
    const stopped = watched.agent.stop();
    computed();
    await stopped;
    expect(controlPlane.phases).toEqual(['Ready', 'Draining']);
  });

  it('registers anew when it is started again', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    await watched.agent.stop();
    watched.agent.start();
    await watched.after('beat', 2);
    expect(controlPlane.beats[2]?.body).toMatchObject({ phase: 'Ready', generation: 2 });
  });

  it('says nothing when it is abandoned', async () => {
    const watched = await new WatchedAgent(controlPlane).started();
    await watched.agent.abandon();
    expect(controlPlane.phases).toEqual(['Ready']);
  });
});
