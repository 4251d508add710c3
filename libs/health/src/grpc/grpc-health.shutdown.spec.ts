import { pending, serveGrpc, switchable, until } from '../../test/grpc-app.js';
import { AvailabilityState } from '../index.js';

const UNAVAILABLE = 14;

describe('from shutdown on', () => {
  it('every service answers NOT_SERVING for good, without running a check', async () => {
    const { state, provider } = switchable('live', ['liveness']);
    const health = { drain: '10s' };
    const { app, clock, check, list, watch } = await serveGrpc({ providers: [provider], health });
    const unknown = watch('nobody');
    expect(await unknown.next()).toBe('SERVICE_UNKNOWN');
    const watchers = ['', 'liveness', 'live'].map(watch);
    for (const watching of watchers) expect(await watching.next()).toBe('SERVING');
    const { runs } = state;
    const closed = app.close();
    for (const watching of watchers) expect(await watching.next()).toBe('NOT_SERVING');
    expect(await Promise.all(['', 'liveness', 'live'].map(check))).toEqual(Array(3).fill('NOT_SERVING'));
    expect(new Set(Object.values(await list()))).toEqual(new Set(['NOT_SERVING']));
    await expect(check('nobody')).rejects.toMatchObject({ code: 5 });
    expect(await watch('live').next()).toBe('NOT_SERVING');
    await clock.advance(9_000);
    expect(state.runs).toBe(runs);
    await clock.advance(1_000);
    await closed;
    const gone = { code: UNAVAILABLE, details: 'the server shuts down' };
    for (const watching of watchers) {
      await expect(watching.ended).resolves.toMatchObject(gone);
      await expect(watching.next()).rejects.toThrow('the stream ended');
    }
    await expect(check('')).rejects.toMatchObject({ code: UNAVAILABLE });
  });

  it('a call whose check was running when it began answers NOT_SERVING', async () => {
    const slow = pending(['liveness']);
    const { app, check } = await serveGrpc({ providers: [slow.provider] });
    const answer = check('liveness');
    await until(() => slow.state.runs === 1);
    app.get(AvailabilityState).refuse('shutdown');
    slow.state.finish(true);
    expect(await answer).toBe('NOT_SERVING');
  });
});
