import { setTimeout as wait } from 'node:timers/promises';
import { make } from '../../../test/ready-made-check.js';
import { eventLoopCheck, EventLoopDelay } from './event-loop-check.js';

/** Longer than any delay that a busy machine adds to these tests, and shorter than any test takes. */
const STALL_MS = 200;

/** Lets nothing else run; timers that came due meanwhile have run when it resolves. */
async function stall(): Promise<void> {
  for (let measured = 0; measured < 3; measured++) await wait(20);
  const endMs = performance.now() + STALL_MS;
  while (performance.now() < endMs);
  await wait(20);
}

describe('eventLoopCheck', () => {
  it('is UP while nothing stands in the way, with nothing measured yet too', async () => {
    const { state, attributes } = await make(eventLoopCheck({ maxDelay: '20s' })).run();
    expect(state).toBe('UP');
    expect(Object.keys(attributes)).toEqual(['p99Ms', 'meanMs', 'maxMs']);
  });

  it.each([
    ['DOWN above what is allowed', { maxDelay: STALL_MS / 2 }, 'DOWN', `more than ${STALL_MS / 2} ms late`],
    ['DEGRADED above what to warn at', { maxDelay: '20s', warnDelay: STALL_MS / 2 }, 'DEGRADED', 'late'],
    ['UP below', { maxDelay: '20s', warnDelay: '19s' }, 'UP', ''],
  ])('is %s after a stall', async (_what, settings, state, reason) => {
    const check = make(eventLoopCheck({ measure: 'max', ...settings }));
    await stall();
    const status = await check.run();
    expect(status).toMatchObject({ state });
    expect(status.reason ?? '').toContain(reason);
    expect(status.attributes['maxMs']).toBeGreaterThan(STALL_MS / 2);
  });

  it('compares the figure that it was told to', async () => {
    const check = make(eventLoopCheck({ maxDelay: 1, measure: 'mean' }));
    await stall();
    const { state, attributes } = await check.run();
    expect(state).toBe('DOWN');
    expect(attributes['meanMs']).toBeLessThan(attributes['maxMs'] as number);
  });

  it('answers with the last figures once the app has ended, and measures no more', async () => {
    const check = make(eventLoopCheck({ maxDelay: STALL_MS / 2, measure: 'max' }));
    check.instance.onApplicationShutdown();
    await stall();
    expect(await check.run()).toMatchObject({ state: 'UP', attributes: { maxMs: 0 } });
  });
});

describe('the window of the event loop delay', () => {
  it('remembers a stall for the window after, and no longer', async () => {
    const delay = new EventLoopDelay(10, 60_000);
    delay.start();
    await stall();
    delay.rotate();
    expect(delay.figures().maxMs).toBeGreaterThan(STALL_MS / 2);
    delay.rotate();
    expect(delay.figures()).toEqual({ meanMs: 0, p99Ms: 0, maxMs: 0 });
    delay.stop();
  });

  it('measures once, however often it is started', async () => {
    const delay = new EventLoopDelay(10, 60_000);
    delay.start();
    await stall();
    delay.start();
    expect(delay.figures().maxMs).toBeGreaterThan(STALL_MS / 2);
    delay.stop();
  });
});

describe('settings of eventLoopCheck', () => {
  it.each([
    [
      'a delay that is none',
      { maxDelay: 'soon' },
      'eventLoopCheck: maxDelay is "soon"; give a duration over 0',
    ],
    ['a delay of nothing', { maxDelay: 0 }, 'maxDelay is 0; give a duration over 0'],
    ['an unknown figure', { measure: 'p42' }, 'measure is "p42"; give one of p99, mean, max'],
    ['a late warning', { maxDelay: '1s', warnDelay: '2s' }, 'warnDelay is "2s"; give less than maxDelay'],
    ['no window', { window: 0 }, 'window is 0; give a duration over 0'],
    ['no resolution', { resolutionMs: 0 }, 'resolutionMs is 0; give a whole number from 1 to 1000'],
  ])('refuse %s by name', (_what, settings, message) => {
    expect(() => eventLoopCheck(settings as never)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});
