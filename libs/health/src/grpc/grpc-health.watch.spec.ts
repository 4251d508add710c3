import { checkClass } from '../../test/health-app.js';
import { grpcClient, pending, serveGrpc, switchable, until } from '../../test/grpc-app.js';
import { AvailabilityState, HealthRegistry, HealthService } from '../index.js';

describe('Watch', () => {
  it('tells the status at once, and every change within watchEvery, but no repeat', async () => {
    const { state, provider } = switchable();
    const { clock, watch } = await serveGrpc({ providers: [provider], grpc: { watchEvery: '2s' } });
    const watching = watch('db');
    expect(await watching.next()).toBe('SERVING');
    await clock.advance(10_000);
    expect(state.runs).toBe(6);
    state.up = false;
    await clock.advance(1_999);
    expect(state.runs).toBe(6);
    await clock.advance(1);
    expect(await watching.next()).toBe('NOT_SERVING');
    await clock.advance(10_000);
    state.up = true;
    await clock.advance(2_000);
    expect(await watching.next()).toBe('SERVING');
  });

  it('asks every 5 s by default', async () => {
    const { state, provider } = switchable();
    const { clock, watch } = await serveGrpc({ providers: [provider] });
    await watch('').next();
    await clock.advance(4_999);
    expect(state.runs).toBe(1);
    await clock.advance(1);
    expect(state.runs).toBe(2);
  });

  it('polls a service once for all who watch it, and not once nobody does', async () => {
    const { state, provider } = switchable();
    const { clock, grpcHealth, port, watch } = await serveGrpc({ providers: [provider] });
    const watchers = [watch('db'), watch('db'), grpcClient(port).watch('db')];
    for (const watching of watchers) expect(await watching.next()).toBe('SERVING');
    expect([state.runs, grpcHealth.watched]).toEqual([1, 1]);
    await clock.advance(5_000);
    expect(state.runs).toBe(2);
    for (const watching of watchers) watching.cancel();
    await until(() => grpcHealth.watched === 0);
    await clock.advance(60_000);
    expect(state.runs).toBe(2);
  });

  it('goes on for the others when one leaves, and begins anew for who comes later', async () => {
    const { state, provider } = switchable();
    const { check, clock, grpcHealth, watch } = await serveGrpc({ providers: [provider] });
    const [first, second] = [watch('db'), watch('db')];
    await Promise.all([first.next(), second.next()]);
    first.cancel();
    await check('liveness');
    state.up = false;
    await clock.advance(5_000);
    expect(await second.next()).toBe('NOT_SERVING');
    second.cancel();
    await until(() => grpcHealth.watched === 0);
    state.up = true;
    expect(await watch('db').next()).toBe('SERVING');
  });

  it('tells who joins what is known, without running a check', async () => {
    const { state, provider } = switchable();
    const { watch } = await serveGrpc({ providers: [provider] });
    await watch('db').next();
    state.up = false;
    expect(await watch('db').next()).toBe('SERVING');
    expect(state.runs).toBe(1);
  });

  it('tells a change at once that somebody else found, in every service that it concerns', async () => {
    const db = switchable('db', ['readiness']);
    const live = switchable('live', ['liveness']);
    const { app, watch } = await serveGrpc({ providers: [db.provider, live.provider] });
    const watchers = ['', 'readiness', 'db', 'liveness'].map(watch);
    for (const watching of watchers) expect(await watching.next()).toBe('SERVING');
    const runs = db.state.runs;
    for (const [up, status] of [
      [false, 'NOT_SERVING'],
      [true, 'SERVING'],
    ] as const) {
      db.state.up = up;
      await app.get(HealthService).reportNamed('db');
      for (const watching of watchers.slice(0, 3)) expect(await watching.next()).toBe(status);
    }
    expect(db.state.runs).toBe(runs + 2);
    live.state.up = false;
    await app.get(HealthService).reportNamed('live');
    expect(await watchers[3]?.next()).toBe('NOT_SERVING');
  });

  it('does not run a check because it changed', async () => {
    let runs = 0;
    const Flapping = checkClass({ name: 'flapping' }, () => runs++ % 2 === 0);
    const { clock, watch } = await serveGrpc({ providers: [Flapping] });
    const watching = watch('');
    expect(await watching.next()).toBe('SERVING');
    await clock.advance(4_999);
    expect(runs).toBe(1);
    await clock.advance(1);
    expect(await watching.next()).toBe('NOT_SERVING');
    await clock.advance(5_000);
    expect(await watching.next()).toBe('SERVING');
    expect(runs).toBe(3);
  });

  it('believes a change that came after a check ran, though its poll ended later', async () => {
    const { state, provider } = switchable('db', ['readiness']);
    const slow = pending(['readiness']);
    const { app, watch } = await serveGrpc({ providers: [provider, slow.provider] });
    const watching = watch('readiness');
    await until(() => slow.state.runs === 1);
    state.up = false;
    await app.get(HealthService).reportNamed('db');
    slow.state.finish(true);
    expect(await watching.next()).toBe('NOT_SERVING');
  });

  it('tells at once that the app refuses work, though a check hangs, and that it accepts it again', async () => {
    let hang = false;
    const Hanging = checkClass({ name: 'a', kinds: ['readiness'] }, () =>
      hang ? new Promise(() => undefined) : true,
    );
    const { app, clock, watch } = await serveGrpc({ providers: [Hanging] });
    const [whole, readiness, liveness] = [watch(''), watch('readiness'), watch('liveness')] as const;
    for (const watching of [whole, readiness, liveness]) expect(await watching.next()).toBe('SERVING');
    hang = true;
    app.get(AvailabilityState).refuse('maintenance');
    for (const watching of [whole, readiness]) expect(await watching.next()).toBe('NOT_SERVING');
    hang = false;
    app.get(AvailabilityState).accept('maintenance');
    await clock.advance(1_000);
    for (const watching of [whole, readiness]) expect(await watching.next()).toBe('SERVING');
    app.get(AvailabilityState).refuse('shutdown');
    expect(await liveness.next()).toBe('NOT_SERVING');
  });

  it('asks once more, however often the app refused and accepted work while it asked', async () => {
    const slow = pending(['readiness']);
    const { app, clock, watch } = await serveGrpc({ providers: [slow.provider] });
    const service = app.get(HealthService);
    const report = service.report.bind(service);
    let asked = 0;
    service.report = (selector) => {
      asked++;
      return report(selector);
    };
    const watching = watch('readiness');
    await until(() => slow.state.runs === 1);
    for (let times = 0; times < 3; times++) {
      app.get(AvailabilityState).refuse('maintenance');
      app.get(AvailabilityState).accept('maintenance');
    }
    expect(asked).toBe(1);
    slow.state.finish(true);
    expect(await watching.next()).toBe('SERVING');
    await clock.advance(4_000);
    expect(asked).toBe(2);
  });

  it('that was cancelled while it was asked about is not asked about again', async () => {
    const slow = pending(['readiness']);
    const { clock, grpcHealth, watch } = await serveGrpc({ providers: [slow.provider] });
    const watching = watch('readiness');
    await until(() => slow.state.runs === 1);
    watching.cancel();
    await until(() => grpcHealth.watched === 0);
    slow.state.finish(true);
    await clock.advance(60_000);
    expect(slow.state.runs).toBe(1);
  });

  it('of an unknown service stays open, and follows it once it is registered', async () => {
    const { app, watch } = await serveGrpc();
    const registry = app.get(HealthRegistry);
    const [name, group] = [watch('late'), watch('g')] as const;
    for (const watching of [name, group]) expect(await watching.next()).toBe('SERVICE_UNKNOWN');
    registry.register('Late#check', { name: 'late', groups: ['g'] }, () => true);
    for (const watching of [name, group]) expect(await watching.next()).toBe('SERVING');
    registry.replace('Late#check', () => false);
    for (const watching of [name, group]) expect(await watching.next()).toBe('NOT_SERVING');
    registry.remove('Late#check');
    for (const watching of [name, group]) expect(await watching.next()).toBe('SERVICE_UNKNOWN');
  });

  it('tells NOT_SERVING if no answer can be formed, and recovers', async () => {
    const { app, clock, watch } = await serveGrpc();
    const service = app.get(HealthService);
    const report = service.report.bind(service);
    service.report = () => Promise.reject(new Error('broken'));
    const watching = watch('');
    expect(await watching.next()).toBe('NOT_SERVING');
    service.report = report;
    await clock.advance(5_000);
    expect(await watching.next()).toBe('SERVING');
  });
});
