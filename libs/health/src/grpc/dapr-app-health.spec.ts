import { Server } from '@grpc/grpc-js';
import { AvailabilityState } from '../index.js';
import { grpcWorker, pending, portOf, serveGrpc, switchable, until } from '../../test/grpc-app.js';
import { daprSidecar } from '../../test/dapr-sidecar.js';
import { DAPR_APP_HEALTH_SERVICE, GrpcHealth, GrpcHealthModule } from './index.js';

const UNHEALTHY = '14 the app is not ready';

describe("Dapr's app health over gRPC", () => {
  it('follows from the readiness checks of the app, and from no others', async () => {
    const ready = switchable('ready', ['readiness']);
    const live = switchable('live', ['liveness']);
    const bare = switchable('bare');
    const { port } = await serveGrpc({ providers: [ready.provider, live.provider, bare.provider] });
    const { probe } = daprSidecar(port);
    expect(await probe()).toBe('OK');
    live.state.up = bare.state.up = false;
    expect(await probe()).toBe('OK');
    ready.state.up = false;
    expect(await probe()).toBe(UNHEALTHY);
    ready.state.up = true;
    expect(await probe()).toBe('OK');
    expect([ready.state.runs, live.state.runs, bare.state.runs]).toEqual([4, 0, 0]);
  });

  it('is unhealthy while the app refuses work, and from the beginning of its drain until it is closed', async () => {
    const { app, port, clock } = await serveGrpc({ health: { drain: '5s' } });
    const { probe } = daprSidecar(port);
    app.get(AvailabilityState).refuse();
    expect(await probe()).toBe(UNHEALTHY);
    app.get(AvailabilityState).accept();
    expect(await probe()).toBe('OK');
    const closed = app.close();
    await clock.settle();
    expect(await probe()).toBe(UNHEALTHY);
    await clock.advance(4_999);
    expect(await probe()).toBe(UNHEALTHY);
    await clock.advance(1);
    await closed;
  });

  it('is answered within `answerWithin`, by the last result while a check is late', async () => {
    const { state, provider } = pending(['readiness']);
    const { port, clock, check } = await serveGrpc({
      providers: [provider],
      health: { answerWithin: '400ms' },
    });
    const { probe } = daprSidecar(port);
    /** Asks, and lets `answerWithin` pass once the run that is begun for it hangs. */
    const asked = async (ask: () => Promise<string>, run: number) => {
      const answer = ask();
      await until(() => state.runs === run);
      await clock.advance(400);
      const told = await answer;
      state.finish(true);
      await clock.settle();
      return told;
    };
    expect(await asked(probe, 1)).toBe(UNHEALTHY);
    expect(await asked(probe, 2)).toBe('OK');
    expect(await asked(() => check('readiness'), 3)).toBe('SERVING');
    await clock.advance(30_000);
    expect(await asked(probe, 4)).toBe(UNHEALTHY);
  });

  it('is served beside what the app serves itself, or left to it', async () => {
    const app = await grpcWorker({ imports: [GrpcHealthModule] });
    const both = new Server();
    app.get(GrpcHealth).addTo(both);
    const own = { HealthCheck: () => undefined };
    expect(() => both.addService(DAPR_APP_HEALTH_SERVICE, own)).toThrow(/already provided/);
    const left = new Server();
    app.get(GrpcHealth).addTo(left, { dapr: false });
    expect(() => left.addService(DAPR_APP_HEALTH_SERVICE, own)).not.toThrow();
  });

  it('is not served with `dapr: false`', async () => {
    const app = await grpcWorker({ imports: [GrpcHealthModule.forRoot({ port: 0, dapr: false })] });
    expect(await daprSidecar(portOf(app)).probe()).toMatch(/^12 /);
  });
});
