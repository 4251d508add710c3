import { always, Asked, cacheOf, hanging, STARTED_MS } from '../test/cache-fixture.js';
import { widthOf } from './provider-health.settings.js';

/** A cache of so many checkers that take so long, and what was seen of them. */
function crowd(providers: number, answerMs: number) {
  const { clock, cache } = cacheOf();
  const seen = { now: 0, most: 0, startsMs: [] as number[] };
  const healthCheck = async () => {
    seen.startsMs.push(clock.monotonicMs());
    seen.most = Math.max(seen.most, ++seen.now);
    await new Promise<void>((resolve) => void clock.after(answerMs, resolve));
    seen.now--;
    return { healthy: true };
  };
  for (let at = 0; at < providers; at++) cache.register(`p${at}`, healthCheck);
  return { clock, cache, seen };
}

describe('The width of a sweep', () => {
  it.each([
    [0, '5s', '30s', 32],
    [192, '5s', '30s', 32],
    [193, '5s', '30s', 33],
    [1_000, '5s', '30s', 167],
    [10_000, '5s', '30s', 1_667],
    [100, '2s', '5s', 40],
  ])('for %d providers, %s of %s, is %d', (providers, timeout, interval, width) => {
    const ms = (span: string) => Number.parseInt(span, 10) * 1_000;
    expect(widthOf(providers, { checkTimeoutMs: ms(timeout), pollIntervalMs: ms(interval) })).toBe(width);
  });

  it.each([
    [100, 32],
    [300, 50],
  ])('is never exceeded with %d providers, and reached', async (providers, width) => {
    const { clock, cache, seen } = crowd(providers, 1_000);
    const sweep = cache.checkNow();
    await clock.advance(10_000);
    await sweep;
    expect([seen.most, seen.startsMs.length]).toEqual([width, providers]);
  });
});

describe('A sweep', () => {
  it.each([1_000, 0])('starts checks of %d ms in steps, not all at one moment', async (answerMs) => {
    const { clock, cache, seen } = crowd(32, answerMs);
    void cache.checkNow();
    await clock.advance(100);
    const startsMs = [...new Set(seen.startsMs)];
    expect(startsMs).toHaveLength(16);
    expect(Math.max(...startsMs)).toBeLessThan(STARTED_MS);
  });

  it('makes a result visible at once, not when the slowest is done', async () => {
    const { clock, cache } = cacheOf();
    cache.register('quick', always(true));
    cache.register('slow', hanging);
    void cache.checkNow();
    await clock.advance(STARTED_MS);
    expect(cache.snapshot().map(({ name }) => name)).toEqual(['quick']);
  });

  it('judges them all within an interval, though all of them hang', async () => {
    const { clock, cache } = cacheOf();
    for (let at = 0; at < 1_000; at++) cache.register(`p${at}`, hanging);
    void cache.checkNow();
    await clock.advance(30_000 + STARTED_MS);
    expect(cache.snapshot()).toHaveLength(1_000);
    expect(cache.snapshot().every(({ healthy }) => !healthy)).toBe(true);
  });

  it('lets those that hang hold up nobody for longer than their timeout', async () => {
    const { clock, cache } = cacheOf();
    for (let at = 0; at < 32; at++) cache.register(`a${at}`, hanging);
    cache.register('living', always(true));
    void cache.checkNow();
    await clock.advance(5_000 + STARTED_MS);
    expect(cache.get('living')).toMatchObject({ healthy: true });
  });

  it('is joined by who asks for one while it goes on', async () => {
    const { clock, cache } = cacheOf();
    const provider = new Asked();
    cache.register('p', provider);
    const sweeps = [cache.checkNow(), cache.checkNow()];
    await clock.advance(STARTED_MS);
    sweeps.push(cache.checkNow());
    await clock.advance(STARTED_MS);
    provider.answer();
    await Promise.all(sweeps);
    expect(provider.times).toBe(1);
    void cache.checkNow();
    await clock.advance(STARTED_MS);
    expect(provider.times).toBe(2);
  });

  it('includes those registered since it began, once it is joined', async () => {
    const { clock, cache } = cacheOf();
    const [first, second] = [new Asked(), new Asked()];
    cache.register('first', first);
    void cache.checkNow();
    await clock.advance(STARTED_MS);
    cache.register('second', second);
    let joined = false;
    void cache.checkNow().then(() => (joined = true));
    await clock.advance(STARTED_MS);
    first.answer();
    await clock.settle();
    expect(joined).toBe(false);
    second.answer();
    await clock.settle();
    expect(joined).toBe(true);
    expect(cache.snapshot()).toHaveLength(2);
    expect([first.times, second.times]).toEqual([1, 1]);
  });

  it('ends at once if there is nobody to check, and when nobody is left', async () => {
    const { clock, cache } = cacheOf();
    await cache.checkNow();
    cache.register('p', always(true));
    const sweep = cache.checkNow();
    cache.unregister('p');
    await clock.advance(STARTED_MS);
    await sweep;
    expect(cache.snapshot()).toEqual([]);
  });

  it('is waited for until a signal fires, and goes on', async () => {
    const { clock, cache } = cacheOf();
    const provider = new Asked();
    cache.register('p', provider);
    await expect(cache.checkNow(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    await clock.advance(STARTED_MS);
    expect(provider.times).toBe(0);
    const waiting = new AbortController();
    const asked = cache.checkNow(waiting.signal);
    const failed = expect(asked).rejects.toThrow('enough');
    await clock.advance(STARTED_MS);
    waiting.abort(new Error('enough'));
    await failed;
    provider.answer();
    await clock.settle();
    expect(cache.get('p')).toMatchObject({ healthy: true });
  });
});

describe('A check of one provider', () => {
  it('lets a sweep have every second turn, however many are urgent', async () => {
    const { clock, cache } = cacheOf();
    for (let at = 0; at < 300; at++) cache.register(`urgent-${at}`, hanging);
    for (let at = 0; at < 10; at++) cache.register(`tame-${at}`, always(true));
    for (let at = 0; at < 300; at++) void cache.check(`urgent-${at}`);
    void cache.checkNow();
    await clock.advance(STARTED_MS);
    expect(cache.snapshot()).toHaveLength(10);
  });

  it('goes before those that a sweep has not come to', async () => {
    const { clock, cache } = cacheOf();
    for (let at = 0; at < 64; at++) cache.register(`a${at}`, hanging);
    cache.register('urgent', always(false, 'no node'));
    void cache.checkNow();
    await clock.advance(STARTED_MS);
    const urgent = cache.check('urgent');
    await clock.advance(5_000 + STARTED_MS);
    expect(await urgent).toMatchObject({ healthy: false, message: 'no node' });
    expect(cache.snapshot()).toHaveLength(33);
  });

  it('is one with others that ask for it, and with the sweep', async () => {
    const { clock, cache } = cacheOf();
    const provider = new Asked();
    cache.register('p', provider);
    const asked = [cache.check('p'), cache.check('p'), cache.checkNow()];
    await clock.advance(STARTED_MS);
    asked.push(cache.check('p'));
    provider.answer();
    await Promise.all(asked);
    expect(provider.times).toBe(1);
  });

  it('gives nothing for a provider that is not there, or that is unregistered meanwhile', async () => {
    const { clock, cache } = cacheOf();
    expect(await cache.check('p')).toBeUndefined();
    cache.register('p', always(true));
    const asked = cache.check('p');
    cache.unregister('p');
    await clock.advance(STARTED_MS);
    expect(await asked).toBeUndefined();
  });
});
