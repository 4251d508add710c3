import { Logger } from '@nestjs/common';
import { always, cacheOf, healthyOnce } from '../test/cache-fixture.js';

describe('The snapshot', () => {
  it('is frozen, sorted by name, and holds what `get` gives', async () => {
    const { cache } = await healthyOnce(['b', 'ä', 'a', '__proto__', 'B', 'constructor']);
    const snapshot = cache.snapshot();
    expect(snapshot.map(({ name }) => name)).toEqual(['B', '__proto__', 'a', 'b', 'constructor', 'ä']);
    expect(Object.isFrozen(snapshot) && snapshot.every((status) => Object.isFrozen(status))).toBe(true);
    for (const status of snapshot) expect(cache.get(status.name)).toBe(status);
  });

  it('is the same list until something changes', async () => {
    const { clock, cache, sweep } = await healthyOnce(['p', 'q']);
    const first = cache.snapshot();
    await clock.advance(1_000);
    expect(cache.snapshot()).toBe(first);
    cache.register('cold', always(true));
    cache.unregister('cold');
    expect(cache.snapshot()).toBe(first);
    const seen = new Set([first]);
    const look = () => seen.add(cache.snapshot()).size;
    await sweep();
    expect(look()).toBe(2);
    cache.unregister('q');
    expect(look()).toBe(3);
    await clock.advance(90_000);
    expect(look()).toBe(4);
    expect(look()).toBe(4);
    expect(first.map(({ name }) => name)).toEqual(['p', 'q']);
  });
});

describe('A listener', () => {
  it('is told what changed, and not that a check found the same again', async () => {
    const { cache, sweep, changes } = cacheOf();
    const verdict = { healthy: true, message: 'one' };
    cache.register('p', () => verdict);
    await sweep();
    await sweep();
    Object.assign(verdict, { healthy: false, message: 'two' });
    await sweep();
    cache.unregister('p');
    await sweep();
    expect(changes.map(({ name, from, to }) => [name, from?.message, to?.message])).toEqual([
      ['p', undefined, 'one'],
      ['p', 'one', 'two'],
      ['p', 'two', undefined],
    ]);
  });

  it('that fails disturbs nobody, is logged, and can be taken out', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const { cache, sweep, changes } = cacheOf();
    const stop = [
      () => {
        throw new Error('its own fault');
      },
      () => Promise.reject(new Error('its own fault')),
    ].map((listener) => cache.onChange(listener));
    const later: unknown[] = [];
    cache.onChange((change) => later.push(change));
    cache.register('p', always(true));
    await sweep();
    for (const end of stop) end();
    expect([changes.length, later.length, logged.mock.calls.length]).toEqual([1, 1, 2]);
    await sweep();
    cache.unregister('p');
    expect([changes.length, later.length, logged.mock.calls.length]).toEqual([2, 2, 2]);
    logged.mockRestore();
  });

  it('may turn on what it is told of, and reads what is so by then', async () => {
    const { cache, sweep, changes } = cacheOf();
    const seen: unknown[] = [];
    cache.onChange(({ name, to }) => {
      seen.push(cache.get(name) === to);
      if (name === 'p') cache.unregister('p');
      if (name === 'q' && to) cache.register('q', always(false));
    });
    cache.register('p', always(true));
    cache.register('q', always(true));
    await sweep();
    expect([cache.snapshot(), cache.names(), seen.length]).toEqual([[], ['q'], 4]);
    expect(seen).toEqual([true, true, true, true]);
    expect(changes).toHaveLength(4);
  });
});
