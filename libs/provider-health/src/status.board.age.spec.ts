import { Asked, cacheOf, hanging, healthyOnce, STARTED_MS } from '../test/cache-fixture.js';

describe('An answer grows old', () => {
  it('and is not believed from three intervals on, though nobody sweeps', async () => {
    const { clock, cache } = await healthyOnce();
    const { checkedAtMs } = cache.get('p') ?? { checkedAtMs: 0 };
    clock.jump(checkedAtMs + 90_000 - 1 - clock.wallMs());
    expect(cache.get('p')).toMatchObject({ healthy: true, stale: false });
    clock.jump(1);
    expect(cache.get('p')).toEqual({
      name: 'p',
      healthy: false,
      message: 'no answer for 1 m 30 s',
      latencyMs: 0,
      checkedAtMs,
      stale: true,
      sinceMs: checkedAtMs + 90_000,
      checked: true,
    });
  });

  it('for whoever reads first, and however late', async () => {
    for (const read of ['get', 'snapshot', 'alarm'] as const) {
      const { clock, cache, changes } = await healthyOnce();
      const { checkedAtMs } = cache.get('p') ?? { checkedAtMs: 0 };
      if (read === 'alarm') await clock.advance(200_000);
      else clock.jump(200_000);
      const told = read === 'snapshot' ? cache.snapshot()[0] : cache.get('p');
      expect(told).toMatchObject({ healthy: false, sinceMs: checkedAtMs + 90_000 });
      expect(changes.map(({ to }) => to?.healthy)).toEqual([true, false]);
    }
  });

  it('and listeners are told in time', async () => {
    const { clock, cache } = await healthyOnce();
    const advertisedMs: number[] = [];
    cache.onChange(() => advertisedMs.push(clock.wallMs()));
    await clock.advance(200_000);
    expect(advertisedMs).toEqual([cache.get('p')?.sinceMs]);
  });

  it('and no listener reads one that is too old', async () => {
    const { clock, cache } = await healthyOnce(['p', 'q']);
    const seen: boolean[] = [];
    cache.onChange(() => seen.push(...cache.snapshot().map(({ healthy }) => healthy)));
    clock.jump(100_000);
    cache.snapshot();
    expect(seen).toEqual([false, false, false, false]);
  });

  it('unless the provider has no HealthChecker, which is no answer', async () => {
    const { clock, cache, sweep } = cacheOf();
    cache.register('bare', {});
    await sweep();
    await clock.advance(1_000_000);
    expect(cache.get('bare')).toMatchObject({
      healthy: true,
      message: 'does not implement HealthChecker',
      checked: false,
      stale: false,
    });
  });
});

describe('A checker that is cut off', () => {
  it('keeps its last answer, marked stale, until that is three intervals old', async () => {
    const { clock, cache, schedule, changes } = cacheOf();
    const provider = new Asked();
    cache.register('p', provider);
    schedule.start();
    await clock.advance(STARTED_MS);
    provider.answer();
    await clock.advance(30_000);
    const { checkedAtMs, sinceMs } = cache.get('p') ?? {};
    await clock.advance(6_000);
    expect(cache.get('p')).toMatchObject({ healthy: true, message: 'ok', stale: true, checkedAtMs, sinceMs });
    await clock.advance(53_000);
    expect(cache.get('p')).toMatchObject({ healthy: true, stale: true });
    await clock.advance(2_000);
    expect(cache.get('p')).toMatchObject({ healthy: false, stale: true, checkedAtMs });
    expect(changes.map(({ to }) => [to?.healthy, to?.stale])).toEqual([
      [true, false],
      [true, true],
      [false, true],
    ]);
  });

  it('is unhealthy at once if it never answered, and says so anew each time', async () => {
    const { clock, cache, schedule, changes } = cacheOf();
    cache.register('p', hanging);
    schedule.start();
    await clock.advance(6_000);
    const first = cache.get('p');
    expect(first).toMatchObject({
      healthy: false,
      message: 'timed out after 5 s',
      stale: false,
      checked: true,
    });
    await clock.advance(30_000);
    expect(cache.get('p')).toMatchObject({ healthy: false, stale: false, sinceMs: first?.sinceMs });
    expect(cache.get('p')?.checkedAtMs).toBe((first?.checkedAtMs ?? 0) + 30_000);
    expect(changes).toHaveLength(1);
  });

  it('is believed again with its next answer', async () => {
    const { clock, cache, schedule } = cacheOf();
    const provider = new Asked();
    cache.register('p', provider);
    schedule.start();
    await clock.advance(STARTED_MS);
    provider.answer();
    await clock.advance(100_000);
    expect(cache.get('p')).toMatchObject({ healthy: false, stale: true });
    for (let late = 0; late < 3; late++) provider.answer();
    await clock.advance(20_000);
    expect(cache.get('p')).toMatchObject({ healthy: false, stale: true });
    provider.answer({ healthy: true, message: 'back' });
    await clock.settle();
    expect(cache.get('p')).toMatchObject({ healthy: true, message: 'back', stale: false });
  });
});
