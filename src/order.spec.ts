import fc from 'fast-check';
import { compareText, keyInPageToken, OrderedList, pageTokenOf } from './order.js';

describe('compareText', () => {
  it('orders by code unit, whatever the language of the machine', () => {
    expect(['b', 'ä', 'a', 'B', '', 'a1', 'a'].sort(compareText)).toEqual([
      '',
      'B',
      'a',
      'a',
      'a1',
      'b',
      'ä',
    ]);
  });
});

describe('An ordered list', () => {
  const pause = async (): Promise<void> => undefined;
  const listOf = (keys: Iterable<string>) => {
    const list = new OrderedList<string>((key) => key);
    for (const key of keys) list.put(key);
    return list;
  };

  it('has its items by key, the last that was put under each', () => {
    const list = new OrderedList<{ readonly key: string; readonly at: number }>(({ key }) => key);
    list.put({ key: 'a', at: 1 });
    list.put({ key: 'a', at: 2 });
    expect([list.size, list.find('a')?.at, list.find('b'), [...list.all()].length]).toEqual([
      1,
      2,
      undefined,
      1,
    ]);
    expect([list.remove('a')?.at, list.remove('a'), list.size]).toEqual([2, undefined, 0]);
  });

  it('gives a page of what matches, and a token only if more does', async () => {
    const list = listOf(['b', 'a', 'd', 'c', 'ä']);
    const matches = (key: string): boolean => key !== 'b';
    const first = await list.page({ matches, size: 2, pause });
    expect(first).toEqual({ items: ['a', 'c'], nextToken: pageTokenOf('c') });
    expect(await list.page({ matches, size: 2, after: 'c', pause })).toEqual({
      items: ['d', 'ä'],
      nextToken: undefined,
    });
    expect([list.tokenBehind(first, 1), list.tokenBehind(first, 2)]).toEqual([
      pageTokenOf('a'),
      pageTokenOf('c'),
    ]);
  });

  it('pauses while it looks at many, and goes on where it was', async () => {
    const keys = Array.from({ length: 2_500 }, (_, at) => `k${String(at).padStart(4, '0')}`);
    const list = listOf(keys);
    let pauses = 0;
    const { items } = await list.page({
      size: 3_000,
      pause: async () => {
        pauses++;
        list.remove(keys[999] as string);
        list.put('a');
      },
    });
    expect([pauses, items]).toEqual([2, keys]);
  });

  it('gives what stays exactly once and in order, whatever comes and goes between pages', async () => {
    const key = fc.integer({ min: 0, max: 400 }).map((number) => `k${number}`);
    const change = fc.tuple(fc.constantFrom('put', 'remove'), key);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 400 }),
        fc.array(fc.array(change, { maxLength: 300 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 40 }),
        async (keys, changes, size) => {
          const list = listOf(keys);
          const stays = new Set(keys);
          const walked: string[] = [];
          let after: string | undefined;
          for (let at = 0; ; at++) {
            const { items, nextToken } = await list.page({ size, after, pause });
            walked.push(...items);
            if (nextToken === undefined) break;
            after = keyInPageToken(nextToken);
            for (const [what, changed] of changes[at] ?? []) {
              stays.delete(changed);
              if (what === 'put') list.put(changed);
              else list.remove(changed);
            }
          }
          expect(walked).toEqual([...new Set(walked)].sort());
          expect(walked.filter((one) => stays.has(one))).toEqual([...stays].sort());
        },
      ),
      { numRuns: 50 },
    );
  });

  it('goes on behind the key in a token, and knows no token that it did not give', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        expect(keyInPageToken(pageTokenOf(key))).toBe(key);
      }),
    );
    for (const token of ['', '!', 'YQ==', 'YR', '_w']) expect(keyInPageToken(token)).toBeUndefined();
  });
});
