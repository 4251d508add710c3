import { ManualClock } from '@vitals/core/time';
import { Asked, hanging, thenable } from '../test/cache-fixture.js';
import { type Outcome, ProviderCheck } from './provider-check.js';

let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
});

/** Starts a run, and says what it came to so far. */
function start(provider: object, timeoutMs = 5_000) {
  const run = new ProviderCheck(provider, { checkTimeoutMs: timeoutMs, pollIntervalMs: 30_000 }, clock);
  const seen: { outcome?: Outcome } = {};
  void run.run().then((outcome) => (seen.outcome = outcome));
  return { run, seen };
}

describe('A run of a check', () => {
  it('tells how long the answer took', async () => {
    const provider = new Asked();
    const { seen } = start(provider);
    await clock.advance(120);
    provider.answer();
    await clock.settle();
    expect(seen.outcome).toEqual({ kind: 'answered', healthy: true, message: 'ok', latencyMs: 120 });
  });

  it('does not touch the signal of a checker that has answered', async () => {
    const provider = new Asked();
    const { run } = start(provider);
    provider.answer();
    await clock.settle();
    run.abort('the app shuts down');
    await clock.advance(10_000);
    expect(provider.signals[0]?.aborted).toBe(false);
  });

  it('is not cut off before its deadline', async () => {
    const { seen } = start(hanging);
    await clock.advance(4_999);
    expect(seen.outcome).toBeUndefined();
    await clock.advance(1);
    expect(seen.outcome).toEqual({ kind: 'cut-off', message: 'timed out after 5 s', latencyMs: 5_000 });
  });

  it.each<[string, object]>([
    ['a promise', hanging],
    ['a thenable', { healthCheck: () => thenable(() => () => undefined) }],
    ['a checker that reads the signal late', { healthCheck: async () => new Promise(() => undefined) }],
  ])('cuts off %s that never settles', async (_name, provider) => {
    const { seen } = start(provider);
    await clock.advance(5_000);
    expect(seen.outcome?.kind).toBe('cut-off');
  });

  it.each([{ healthy: true }, { healthy: false }, null])('discards %j that comes late', async (verdict) => {
    const provider = new Asked();
    const { seen } = start(provider);
    await clock.advance(5_001);
    provider.answer(verdict);
    await clock.settle();
    expect(seen.outcome?.kind).toBe('cut-off');
  });

  it('takes an answer that arrived while this process stood still', async () => {
    const provider = new Asked();
    const { seen } = start(provider);
    clock.jump(60_000);
    // what the event loop does next: first the timer that is overdue, then what has arrived meanwhile
    clock.soon(() => provider.answer());
    await clock.advance(0);
    expect(seen.outcome).toMatchObject({ kind: 'answered', healthy: true });
    expect(provider.signals[0]?.aborted).toBe(false);
  });
});

describe('A checker that heeds its signal', () => {
  const heeding = (giveUp: (reason: Error) => unknown) => ({
    healthCheck: ({ signal }: { signal: AbortSignal }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => {
          try {
            resolve(giveUp(signal.reason as Error));
          } catch (error) {
            reject(error as Error);
          }
        });
      }),
  });
  const rethrow = (error: Error): never => {
    throw error;
  };

  it.each<[string, (reason: Error) => unknown, string]>([
    ['fails with its reason', rethrow, 'timed out after 5 s'],
    ['fails', () => rethrow(new Error('canceled')), 'timed out after 5 s: canceled'],
    [
      'says that it is unhealthy',
      () => ({ healthy: false, message: 'no answer' }),
      'timed out after 5 s: no answer',
    ],
  ])('has answered that it is unhealthy if it %s', async (_name, giveUp, message) => {
    const { seen } = start(heeding(giveUp));
    await clock.advance(5_000);
    expect(seen.outcome).toEqual({ kind: 'answered', healthy: false, message, latencyMs: 5_000 });
  });

  it('is cut off if it says that it is healthy', async () => {
    const { seen } = start(heeding(() => ({ healthy: true })));
    await clock.advance(5_000);
    expect(seen.outcome?.kind).toBe('cut-off');
  });

  it('is told by the same signal that nobody waits any more', async () => {
    const { run, seen } = start(heeding(rethrow));
    run.abort('the app shuts down');
    await clock.settle();
    expect(seen.outcome).toMatchObject({ healthy: false, message: 'the app shuts down' });
  });

  it('finds the signal fired if it looks at it late', async () => {
    let late: AbortSignal | undefined;
    const provider = {
      healthCheck: async (context: { readonly signal: AbortSignal }) => {
        await new Promise<void>((resolve) => void clock.after(6_000, resolve));
        late = context.signal;
      },
    };
    start(provider);
    await clock.advance(6_000);
    await clock.settle();
    expect(late?.aborted).toBe(true);
  });
});
