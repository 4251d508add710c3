import fc from 'fast-check';
import { Asked, cacheOf } from '../test/cache-fixture.js';

const NAMES = ['a', 'b', 'c', '__proto__'];

/** What a model without concurrency knows of a name: the last verdict of the provider that has it now. */
interface Known {
  readonly provider: Asked;
  verdict: { healthy: boolean; message: string } | undefined;
}

const step = fc.oneof(
  fc.record({ do: fc.constant('register' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ do: fc.constant('unregister' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ do: fc.constant('sweep' as const) }),
  fc.record({ do: fc.constant('check' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ do: fc.constant('answer' as const), which: fc.nat(), healthy: fc.boolean() }),
);

it('shows exactly the last answers of those that are registered, by name, whatever the order of events', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { clock, cache } = cacheOf({ pollInterval: '2h', checkTimeout: '1h' });
      const known = new Map<string, Known>();
      const asked: { readonly name: string; readonly provider: Asked }[] = [];
      let answers = 0;
      let before = cache.snapshot();
      for (const one of steps) {
        let changed = true;
        switch (one.do) {
          case 'register': {
            const provider = new Asked();
            changed = known.get(one.name)?.verdict !== undefined;
            known.set(one.name, { provider, verdict: undefined });
            asked.push({ name: one.name, provider });
            cache.register(one.name, provider);
            break;
          }
          case 'unregister':
            changed = known.get(one.name)?.verdict !== undefined;
            expect(cache.unregister(one.name)).toBe(known.delete(one.name));
            break;
          case 'sweep':
          case 'check':
            changed = false;
            void (one.do === 'sweep' ? cache.checkNow() : cache.check(one.name));
            await clock.advance(1);
            break;
          case 'answer': {
            const open = asked.filter(({ provider }) => provider.open > 0);
            const { name, provider } = open[one.which % open.length] ?? {};
            const verdict = { healthy: one.healthy, message: `answer ${++answers}` };
            provider?.answer(verdict);
            await clock.settle();
            const owner = name === undefined ? undefined : known.get(name);
            changed = provider !== undefined && owner?.provider === provider;
            if (owner && changed) owner.verdict = verdict;
          }
        }
        const snapshot = cache.snapshot();
        expect(snapshot.map(({ name, healthy, message }) => ({ name, healthy, message }))).toEqual(
          [...known]
            .filter(([, { verdict }]) => verdict)
            .map(([name, { verdict }]) => ({ name, ...verdict }))
            .sort((a, b) => (a.name < b.name ? -1 : 1)),
        );
        expect(snapshot === before).toBe(!changed);
        for (const status of snapshot) expect(cache.get(status.name)).toBe(status);
        expect(cache.names()).toEqual([...known.keys()].sort());
        for (const { provider } of asked) expect(provider.open).toBeLessThanOrEqual(1);
        before = snapshot;
      }
    }),
  );
});
