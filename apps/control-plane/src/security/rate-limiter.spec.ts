import { ManualClock } from '@vitals/core/time';
import fc from 'fast-check';
import { RateLimiter } from './authenticator.js';

/** Of whoever asked nothing yet. */
const fresh = (): { nextRequestMs: number } => ({ nextRequestMs: 0 });

function allowed(limiter: RateLimiter, limited: { nextRequestMs: number }, requests: number): number {
  return Array.from({ length: requests }, () => limiter.allow(limited)).filter(Boolean).length;
}

describe('RateLimiter', () => {
  it('allows the burst at once, then the rate, and the whole burst again after a rest', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 50, 100);
    const provider = fresh();
    expect(allowed(limiter, provider, 150)).toBe(100);
    await clock.advance(19);
    expect(allowed(limiter, provider, 1)).toBe(0);
    await clock.advance(1);
    expect(allowed(limiter, provider, 2)).toBe(1);
    await clock.advance(1_000);
    expect(allowed(limiter, provider, 100)).toBe(50);
    await clock.advance(3_600_000);
    expect(allowed(limiter, provider, 150)).toBe(100);
  });

  it('allows what a token bucket of the same rate and burst allows', async () => {
    const steps = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 20 })), { maxLength: 60 });
    const rates = fc.constantFrom(1, 10, 50, 200);
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 1, max: 30 }), steps, async (rate, burst, asked) => {
        const clock = new ManualClock();
        const limiter = new RateLimiter(clock, rate, burst);
        const provider = fresh();
        let tokens = burst * 1_000;
        for (const [restMs, requests] of asked) {
          await clock.advance(restMs);
          tokens = Math.min(burst * 1_000, tokens + restMs * rate);
          for (let request = 0; request < requests; request++) {
            const expected = tokens >= 1_000;
            if (expected) tokens -= 1_000;
            expect(limiter.allow(provider)).toBe(expected);
          }
        }
      }),
    );
  });

  it('charges nothing for what it refuses', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 10, 1);
    const provider = fresh();
    expect(allowed(limiter, provider, 1_000)).toBe(1);
    await clock.advance(100);
    expect(allowed(limiter, provider, 1)).toBe(1);
  });

  it('lets a noisy provider starve nobody', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 50, 100);
    const [noisy, ...others] = Array.from({ length: 100 }, fresh);
    for (let second = 0; second < 10; second++) {
      allowed(limiter, noisy as never, 10_000);
      for (const other of others) expect(allowed(limiter, other, 50)).toBe(50);
      await clock.advance(1_000);
    }
  });

  it('loses nothing to rounding, however long it counts', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 300, 3);
    const provider = fresh();
    let count = 0;
    for (let step = 0; step < 1_000; step++) {
      count += allowed(limiter, provider, 3);
      await clock.advance(10);
    }
    expect(count).toBe(3_000);
  });

  it('allows everything when there is no limit', () => {
    expect(allowed(new RateLimiter(new ManualClock(), 0, 1), fresh(), 10_000)).toBe(10_000);
  });
});
