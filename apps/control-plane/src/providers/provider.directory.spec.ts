import { VitalsError } from '@vitals/core/errors';
import { LeaseTable } from '@vitals/core/lease';
import fc from 'fast-check';
import { TestPlane } from '../../test/test-plane.js';
import { NEVER_HEARD, Provider } from './provider.js';
import { ProviderDirectory } from './provider.directory.js';

const NO_INFO = { capacity: {}, allocated: {}, capabilities: [], syncedAtMs: undefined };

const NO_CREDENTIALS = { tokenHash: undefined, previousTokenHash: undefined };
let plane: TestPlane;

beforeEach(async () => {
  plane = await TestPlane.build({});
});

function provider(name: string, key = 1): Provider {
  const registration = { name, endpoint: 'http://vm', service_type: 'vm', schema_version: '1' };
  const registered = { key, registration, id: `id-${name}`, generation: 1, registeredAtMs: 0 };
  const stored = { ...NEVER_HEARD, ...NO_CREDENTIALS, ...registered, info: NO_INFO, stateSinceMs: 0 };
  return new Provider(stored, plane.get(LeaseTable).register(name));
}

/** The directory with these names, and no other. */
function directoryOf(names: readonly string[]): ProviderDirectory {
  const directory = plane.get(ProviderDirectory);
  for (const known of directory.all()) directory.remove(known);
  for (const name of names) directory.add(provider(name));
  return directory;
}

const everything = (): boolean => true;
const someNames = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,3}[a-z0-9])?$/), {
  maxLength: 40,
});

describe('ProviderDirectory', () => {
  it('finds by name what was added, until it is removed', async () => {
    const directory = directoryOf(['a', 'b']);
    const a = directory.get('a');
    expect([directory.find('a'), directory.size, [...directory.all()].length]).toEqual([a, 2, 2]);
    directory.remove(a);
    expect([directory.find('a'), directory.size]).toEqual([undefined, 1]);
    const { items } = await directory.page(everything, 10, undefined);
    expect(items.map(({ name }) => name)).toEqual(['b']);
  });

  it('gives each new provider a number of its own, above those that were recovered', () => {
    const directory = directoryOf([]);
    directory.add(provider('a', 41));
    expect([directory.nextKey(), directory.nextKey()]).toEqual([42, 43]);
  });

  it.each([
    ['a name that nobody has', 'vm-1', 'provider-not-registered'],
    ['what can be no name', 'VM 1', 'request-invalid'],
    ['nothing', '', 'request-invalid'],
    ['a name that is too long', 'a'.repeat(254), 'request-invalid'],
  ])('refuses to get %s', (_what, name, code) => {
    expect(() => directoryOf([]).get(name)).toThrow(expect.objectContaining({ code }) as VitalsError);
  });

  it.each(['!', '', 'VM', Buffer.from('VM 1').toString('base64url')])(
    'refuses the page token %p',
    async (token) => {
      await expect(directoryOf(['a']).page(everything, 1, token)).rejects.toThrow(/page_token/);
    },
  );

  it('gives no token with a last page that is full', async () => {
    expect((await directoryOf(['a', 'b']).page(everything, 2, undefined)).nextToken).toBeUndefined();
    const all = directoryOf(['a', 'b', 'c']);
    expect((await all.page(({ name }) => name !== 'c', 2, undefined)).nextToken).toBeUndefined();
  });

  it('gives pages that together are the sorted list of what matches, whatever their size', async () => {
    await fc.assert(
      fc.asyncProperty(
        someNames,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('', 'a', '1'),
        async (names, size, part) => {
          const directory = directoryOf(names);
          const seen: string[] = [];
          let token: string | undefined;
          do {
            const page = await directory.page(({ name }) => name.includes(part), size, token);
            expect(page.items.length).toBeLessThanOrEqual(size);
            if (page.nextToken !== undefined) expect(page.items).toHaveLength(size);
            seen.push(...page.items.map(({ name }) => name));
            token = page.nextToken;
          } while (token !== undefined);
          expect(seen).toEqual(names.filter((name) => name.includes(part)).sort());
        },
      ),
    );
  });

  it('misses nobody and repeats nobody while names are added and removed between pages', async () => {
    await fc.assert(
      fc.asyncProperty(someNames, someNames, fc.integer({ min: 1, max: 5 }), async (names, others, size) => {
        const directory = directoryOf(names);
        const waiting = others.filter((name) => !names.includes(name));
        const gone = new Set<string>();
        const seen: string[] = [];
        let token: string | undefined;
        do {
          const { items, nextToken } = await directory.page(everything, size, token);
          seen.push(...items.map(({ name }) => name));
          const last = items.at(-1);
          if (last && names.includes(last.name)) {
            directory.remove(last);
            gone.add(last.name);
          }
          const added = waiting.pop();
          if (added !== undefined) directory.add(provider(added));
          token = nextToken;
        } while (token !== undefined);
        expect(seen).toEqual([...new Set(seen)].sort());
        expect(seen).toEqual(expect.arrayContaining(names));
        expect(seen.filter((name) => gone.has(name))).toHaveLength(gone.size);
      }),
    );
  });

  it('looks at a large fleet a little at a time: others have their turns, and who goes meanwhile is no trouble', async () => {
    const all = Array.from({ length: 5_000 }, (_, at) => `n${String(at).padStart(4, '0')}`);
    const directory = directoryOf(all);
    let looked = 0;
    const seen: number[] = [];
    const found = directory.page(
      ({ name }) => {
        looked++;
        return name.endsWith('9');
      },
      1_000,
      undefined,
    );
    while (looked < 4_990) {
      seen.push(looked);
      const next = all[looked];
      if (next !== undefined) directory.remove(directory.get(next));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(Math.max(...seen.map((count, at) => count - (seen[at - 1] ?? 0)))).toBeLessThanOrEqual(2_000);
    const names = (await found).items.map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
    const stayed = [...directory.all()].map(({ name }) => name).filter((name) => name.endsWith('9'));
    expect(names).toEqual(expect.arrayContaining(stayed));
  });

  it('goes on behind those of a page that were told', async () => {
    const directory = directoryOf(['a', 'b', 'c', 'd']);
    const page = await directory.page(everything, 3, undefined);
    const behindOne = await directory.page(everything, 9, directory.tokenBehind(page, 1));
    expect(behindOne.items.map(({ name }) => name)).toEqual(['b', 'c', 'd']);
    expect(directory.tokenBehind(page, 3)).toBe(page.nextToken);
  });
});
