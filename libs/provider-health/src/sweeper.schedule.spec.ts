import { always, Asked, cacheOf, hanging, STARTED_MS } from '../test/cache-fixture.js';

describe('The schedule', () => {
  it('sweeps at once, and then every interval', async () => {
    const { clock, cache, schedule } = cacheOf();
    const startsMs: number[] = [];
    cache.register('p', () => {
      startsMs.push(clock.monotonicMs());
      return { healthy: true };
    });
    schedule.start();
    expect(startsMs).toEqual([]);
    await clock.advance(90_000 - 1);
    expect(startsMs.map((ms) => Math.floor(ms / 30_000))).toEqual([0, 1, 2]);
    expect(startsMs.every((ms) => ms % 30_000 < STARTED_MS)).toBe(true);
  });

  it('counts the interval from the start of a sweep, however long that took', async () => {
    const { clock, cache, schedule } = cacheOf();
    const provider = new Asked();
    cache.register('p', provider);
    cache.register('hanging', hanging);
    schedule.start();
    await clock.advance(30_000 + STARTED_MS);
    expect(provider.times).toBe(2);
  });

  it('goes straight on after a sweep that was longer than the interval, and never has two', async () => {
    const { clock, cache, schedule } = cacheOf({ pollInterval: '9s', checkTimeout: '5s' });
    for (let at = 0; at < 100; at++) cache.register(`p${at}`, hanging);
    const last = new Asked();
    cache.register('q', last);
    schedule.start();
    // 57 at a time, so that a sweep takes two timeouts
    await clock.advance(10_000 - STARTED_MS);
    expect(last.times).toBe(1);
    last.answer();
    await clock.advance(7_000);
    expect(last.times).toBe(2);
  });

  it('joins a sweep that somebody else began', async () => {
    const { clock, cache, schedule } = cacheOf();
    const provider = new Asked();
    cache.register('p', provider);
    schedule.start();
    await clock.advance(STARTED_MS);
    provider.answer();
    await clock.advance(29_000);
    void cache.checkNow();
    await clock.advance(3_000);
    expect(provider.times).toBe(2);
  });

  it('checks those that were registered meanwhile with the next sweep', async () => {
    const { clock, cache, schedule } = cacheOf();
    schedule.start();
    await clock.advance(10_000);
    cache.register('p', always(true));
    expect(cache.get('p')).toBeUndefined();
    await clock.advance(20_000 + STARTED_MS);
    expect(cache.get('p')).toMatchObject({ healthy: true });
  });
});

describe('The end of the schedule', () => {
  it('fires the signals, and comes when the checkers have let go', async () => {
    const { clock, cache, schedule, changes } = cacheOf();
    const provider = new Asked();
    cache.register('p', provider);
    schedule.start();
    await clock.advance(STARTED_MS);
    let stopped = false;
    const stopping = schedule.stop().then(() => (stopped = true));
    expect(provider.signals[0]?.aborted).toBe(true);
    await clock.settle();
    expect(stopped).toBe(false);
    provider.fail(provider.signals[0]?.reason);
    await stopping;
    expect(cache.get('p')).toBeUndefined();
    expect(changes).toEqual([]);
  });

  it('comes within the timeout of a check, though a checker ignores its signal', async () => {
    const { clock, cache, schedule } = cacheOf();
    cache.register('p', hanging);
    schedule.start();
    await clock.advance(STARTED_MS);
    const stopping = schedule.stop();
    await clock.advance(5_000);
    await stopping;
    expect(cache.get('p')).toBeUndefined();
  });

  it('leaves nobody waiting, and starts no further check', async () => {
    const { clock, cache, schedule } = cacheOf();
    for (let at = 0; at < 40; at++) cache.register(`p${at}`, hanging);
    const provider = new Asked();
    cache.register('q', provider);
    schedule.start();
    await clock.advance(STARTED_MS);
    const waiting = [cache.checkNow(), cache.check('q')];
    const stopping = schedule.stop();
    await Promise.all([...waiting, cache.checkNow(), cache.check('q')]);
    await clock.advance(120_000);
    await stopping;
    expect(provider.times).toBe(0);
  });

  it('leaves answers to grow too old', async () => {
    const { clock, cache, schedule } = cacheOf();
    cache.register('p', always(true));
    schedule.start();
    await clock.advance(STARTED_MS);
    await schedule.stop();
    await clock.advance(89_000);
    expect(cache.get('p')).toMatchObject({ healthy: true });
    await clock.advance(1_000);
    expect(cache.get('p')).toMatchObject({ healthy: false, stale: true });
  });
});
