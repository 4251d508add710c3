import { type CheckDefinition, DEFAULT_CHECK_POLICY, startCheck } from '@vitals/core/check';
import fc from 'fast-check';
import { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';

function check(id: string, key: number): Check {
  const definition: CheckDefinition = {
    ...DEFAULT_CHECK_POLICY,
    id,
    target: { kind: 'ttl' },
    maintenance: [],
    labels: {},
    paused: false,
  };
  const stored = { key, definition, source: 'api', serviceKey: undefined, createdAtMs: 0 } as const;
  return new Check(stored, undefined, { state: startCheck(definition, 0), sinceMs: 0 });
}

async function idsOf(
  directory: CheckDirectory,
  size: number,
  matches: (one: Check) => boolean = () => true,
): Promise<string[]> {
  const ids: string[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const { items, nextToken } = await directory.pages.page(matches, size, token);
    expect(items.length).toBeLessThanOrEqual(size);
    ids.push(...items.map(({ id }) => id));
    token = nextToken;
  }
  return ids;
}

describe('Pages of checks', () => {
  it('give every check once and in order, whatever came and went', async () => {
    const change = fc.record({
      id: fc.integer({ min: 0, max: 400 }),
      gone: fc.boolean(),
      read: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 600 }),
        fc.integer({ min: 1, max: 50 }),
        async (changes, size) => {
          const directory = new CheckDirectory();
          for (const [at, { id, gone, read }] of changes.entries()) {
            const known = directory.find(`c${id}`);
            if (known && gone) directory.remove(known);
            else if (!known && !gone) directory.add(check(`c${id}`, at));
            if (read) await directory.pages.page(() => true, 1, undefined);
          }
          expect(await idsOf(directory, size)).toEqual([...directory.all()].map(({ id }) => id).toSorted());
        },
      ),
      { numRuns: 30 },
    );
  });

  it('know the checks that were there before', async () => {
    const directory = new CheckDirectory();
    for (const [at, id] of ['b', 'c', 'a'].entries()) directory.add(check(id, at));
    expect(await idsOf(directory, 2)).toEqual(['a', 'b', 'c']);
  });

  it('order thousands at once, and keep to the filter', async () => {
    const directory = new CheckDirectory();
    for (let at = 0; at < 2_000; at++)
      directory.add(check(`c${String((at * 7) % 2_000).padStart(4, '0')}`, at));
    const ids = await idsOf(directory, 100, ({ id }) => id.endsWith('0'));
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([200, 'c0000', 'c1990']);
    expect(ids).toEqual(ids.toSorted());
  });

  it('go on behind a check that was removed meanwhile', async () => {
    const directory = new CheckDirectory();
    for (const [at, id] of ['a', 'b', 'c'].entries()) directory.add(check(id, at));
    const { nextToken } = await directory.pages.page(() => true, 2, undefined);
    directory.remove(directory.get('b'));
    expect((await directory.pages.page(() => true, 2, nextToken)).items.map(({ id }) => id)).toEqual(['c']);
  });

  it.each(['', '!', 'YQ=', 'a b'])('refuse %j, which no page gave', async (token) => {
    const directory = new CheckDirectory();
    await expect(directory.pages.page(() => true, 1, token)).rejects.toThrow(/page_token/);
  });
});
