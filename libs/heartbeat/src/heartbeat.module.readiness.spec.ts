import type { INestApplicationContext } from '@nestjs/common';
import { ManualClock } from '@vitals/core/time';
import { AvailabilityState, HealthService } from '@vitals/health';
import { FakeControlPlane, until } from '../test/fake-control-plane.js';
import { bootProvider, type ProviderAppOptions, Surroundings } from '../test/provider-app.js';

let controlPlane: FakeControlPlane;
let surroundings: Surroundings;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  surroundings = new Surroundings();
});

/** A provider that is Ready, and has nothing to say for the next minute. */
async function readyApp(options: ProviderAppOptions = {}): Promise<INestApplicationContext> {
  controlPlane.intervalSeconds = 60;
  const app = await bootProvider(controlPlane, surroundings, options);
  await until(() => controlPlane.phases.at(-1) === 'Ready');
  return app;
}

describe('HeartbeatModule, with the readiness of the app', () => {
  it('reports Starting until Nest has started the app, and then Ready at once', async () => {
    controlPlane.intervalSeconds = 60;
    let warm = (): void => undefined;
    surroundings.warm = new Promise((resolve) => (warm = resolve));
    const booted = bootProvider(controlPlane, surroundings);
    await until(() => controlPlane.beats.length === 1);
    warm();
    await booted;
    await until(() => controlPlane.phases.length === 2);
    expect(controlPlane.phases).toEqual(['Starting', 'Ready']);
  });

  it('finds with each beat what its readiness checks say', async () => {
    const clock = new ManualClock();
    const beaten = (phase: string): Promise<void> =>
      until(async () => {
        await clock.advance(100);
        return controlPlane.phases.at(-1) === phase;
      });
    await bootProvider(controlPlane, surroundings, { clock });
    await beaten('Ready');
    surroundings.ready = false;
    await beaten('NotReady');
    surroundings.ready = true;
    await beaten('Ready');
  });

  it('beats at once when anybody finds that a readiness check has turned', async () => {
    const app = await readyApp();
    surroundings.ready = false;
    await app.get(HealthService).report({ kind: 'readiness' });
    await until(() => controlPlane.phases.at(-1) === 'NotReady');
    surroundings.ready = true;
    await app.get(HealthService).report({ kind: 'readiness' });
    await until(() => controlPlane.phases.at(-1) === 'Ready');
    expect(controlPlane.phases.slice(-3)).toEqual(['Ready', 'NotReady', 'Ready']);
  });

  it('beats at once when the app refuses work, and when it takes work again', async () => {
    const app = await readyApp();
    app.get(AvailabilityState).refuse('full');
    await until(() => controlPlane.phases.at(-1) === 'NotReady');
    app.get(AvailabilityState).accept('full');
    await until(() => controlPlane.phases.at(-1) === 'Ready');
  });

  it('does not beat for a check that readiness does not follow from', async () => {
    const app = await readyApp();
    const before = controlPlane.beats.length;
    surroundings.alive = false;
    await app.get(HealthService).report();
    surroundings.ready = false;
    await app.get(HealthService).report();
    await until(() => controlPlane.phases.at(-1) === 'NotReady');
    expect(controlPlane.beats).toHaveLength(before + 1);
  });

  it('says Draining from the beginning of a shutdown, while everything is still served', async () => {
    const clock = new ManualClock();
    const app = await readyApp({ health: { drain: '5s' }, clock });
    const closed = app.close();
    await until(() => controlPlane.phases.at(-1) === 'Draining');
    const early = controlPlane.beats.length;
    await clock.advance(5_000);
    await closed;
    expect(controlPlane.phases.slice(early)).toEqual(['Draining']);
  });

  it('reports Draining while an operator asks for it, ready or not', async () => {
    controlPlane.answer = (request) =>
      request.method === 'PUT'
        ? { ...controlPlane.usual(request), headers: { 'vitals-directive': 'drain' } }
        : undefined;
    const app = await bootProvider(controlPlane, surroundings);
    await until(() => controlPlane.phases.at(-1) === 'Draining');
    const { state } = await app.get(HealthService).report({ kind: 'readiness' });
    expect(state).toBe('UP');
  });
});
