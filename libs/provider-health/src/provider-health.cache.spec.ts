import { always, Asked, cacheOf, hanging, STARTED_MS } from '../test/cache-fixture.js';
import type { ProviderHealthCache } from './index.js';

describe('A cold cache', () => {
  it('knows nothing of a provider that was not checked, and never calls it healthy', async () => {
    const { cache } = cacheOf();
    cache.register('p', always(true));
    expect([cache.get('p'), cache.snapshot(), cache.has('p'), cache.names()]).toEqual([
      undefined,
      [],
      true,
      ['p'],
    ]);
    expect([cache.get('q'), cache.has('q')]).toEqual([undefined, false]);
  });

  it('knows nothing of names that every object has', () => {
    const { cache } = cacheOf();
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect([cache.get(name), cache.has(name), cache.unregister(name)]).toEqual([undefined, false, false]);
    }
  });
});

describe('Registration', () => {
  it.each<[string, unknown, unknown, RegExp]>([
    ['a name that is empty', '', {}, /"": the name must be a text that is not empty/],
    ['a name that is not a string', 5, {}, /the name must be a text/],
    ['null', 'p', null, /"p": give a HealthChecker, a function that checks, or another object/],
    ['a text', 'p', 'http://127.0.0.1', /give a HealthChecker/],
  ])('refuses %s', (_name, name, provider, message) => {
    const { cache } = cacheOf();
    expect(() => cache.register(name as string, provider as object)).toThrow(message);
    expect(cache.names()).toEqual([]);
  });

  it('of a name that is taken begins anew, as unknown', async () => {
    const { cache, sweep, changes } = cacheOf();
    cache.register('p', always(true, 'old'));
    await sweep();
    cache.register('p', always(false, 'new'));
    expect([cache.get('p'), cache.snapshot()]).toEqual([undefined, []]);
    await sweep();
    expect(cache.snapshot()).toMatchObject([{ name: 'p', healthy: false, message: 'new' }]);
    expect(changes.map(({ from, to }) => [from?.message, to?.message])).toEqual([
      [undefined, 'old'],
      ['old', undefined],
      [undefined, 'new'],
    ]);
  });

  it('is ended by what it returned, unless another has taken the name', () => {
    const { cache } = cacheOf();
    const endFirst = cache.register('p', always(true));
    const endSecond = cache.register('p', always(true));
    expect([endFirst(), cache.has('p'), endSecond(), cache.has('p'), endSecond()]).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('A provider that is unregistered while it is checked', () => {
  it.each<[string, (provider: Asked) => void]>([
    ['answers', (provider) => provider.answer()],
    ['fails', (provider) => provider.fail(new Error('gone'))],
    ['hangs', () => undefined],
  ])('does not come back when it %s', async (_name, end) => {
    const { clock, cache, changes } = cacheOf();
    const provider = new Asked();
    cache.register('p', provider);
    const sweep = cache.checkNow();
    await clock.advance(STARTED_MS);
    cache.unregister('p');
    expect(provider.signals[0]?.reason).toEqual(new Error('the provider was unregistered'));
    end(provider);
    await clock.advance(200_000);
    await sweep;
    expect([cache.get('p'), cache.snapshot(), changes]).toEqual([undefined, [], []]);
  });

  it.each([
    ['before', (before: Asked, after: Asked) => [before, after]],
    ['after', (before: Asked, after: Asked) => [after, before]],
  ] as const)('says nothing of its successor, if it answers %s that', async (_name, order) => {
    const { clock, cache, sweep } = cacheOf();
    const [before, after] = [new Asked(), new Asked()];
    cache.register('p', before);
    await sweep();
    cache.register('p', after);
    await sweep();
    for (const provider of order(before, after)) {
      provider.answer(provider === before ? { healthy: true } : { healthy: false, message: 'successor' });
      await clock.settle();
    }
    expect(cache.snapshot()).toMatchObject([{ healthy: false, message: 'successor' }]);
  });
});

describe('A checker that turns on the cache', () => {
  it.each<[string, (cache: ProviderHealthCache) => unknown]>([
    ['unregisters itself', (cache) => cache.unregister('hostile')],
    ['registers itself anew', (cache) => cache.register('hostile', always(true, 'anew'))],
    [
      'registers itself anew, and asks for a sweep',
      (cache) => (cache.register('hostile', {}), cache.checkNow()),
    ],
    ['unregisters all', (cache) => cache.names().map((name) => name !== 'tame' && cache.unregister(name))],
    ['registers others', (cache) => cache.register(`other-${cache.names().length}`, always(true))],
    ['waits for the sweep that it is part of', (cache) => cache.checkNow()],
    ['waits for its own check', (cache) => cache.check('hostile')],
    ['reads', (cache) => cache.snapshot()],
  ])('and %s holds up nobody else', async (_name, turn) => {
    const { clock, cache, schedule } = cacheOf();
    const act = async () => {
      await turn(cache);
      return { healthy: true };
    };
    cache.register('hostile', act);
    cache.register('victim', always(true));
    const tame = new Asked();
    cache.register('tame', tame);
    schedule.start();
    for (let sweep = 1; sweep <= 5; sweep++) {
      await clock.advance(STARTED_MS);
      expect(tame.times).toBe(sweep);
      tame.answer();
      await clock.advance(30_000 - STARTED_MS);
    }
    expect(cache.get('tame')).toMatchObject({ healthy: true, stale: false });
  });

  it('registers itself anew and asks for a sweep without end, and others are checked in every interval', async () => {
    const { clock, cache, schedule } = cacheOf({ pollInterval: 300, checkTimeout: 100 });
    const again = (): { healthy: boolean } => {
      cache.register('hostile', again);
      void cache.checkNow();
      return { healthy: true };
    };
    cache.register('hostile', again);
    const tame = new Asked();
    cache.register('tame', tame);
    schedule.start();
    for (let sweep = 1; sweep <= 3; sweep++) {
      await clock.advance(50);
      expect(tame.times).toBe(sweep);
      tame.answer();
      await clock.advance(250);
    }
  });

  it('and that never settles is cut off, whatever else is asked of the cache', async () => {
    const { clock, cache } = cacheOf();
    cache.register('p', hanging);
    const asked = [cache.check('p'), cache.checkNow()];
    await clock.advance(6_000);
    await Promise.all(asked);
    expect(cache.get('p')).toMatchObject({ healthy: false, message: 'timed out after 5 s' });
  });
});
