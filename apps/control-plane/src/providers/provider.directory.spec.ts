import { VitalsError } from '@vitals/core/errors';
import { IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import { ManualClock, RunningClock } from '@vitals/core/time';
import fc from 'fast-check';
import { MemoryDatabase } from '../../test/memory.database.js';
import { applyAll, registered } from '../../test/registered-provider.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import { providerRemoved } from './provider.changes.js';
import { ProviderDirectory } from './provider.directory.js';

const clock = new ManualClock();
const leases = new LeaseTable(new RunningClock(clock), new IntervalPolicy());

/** A directory to which providers are added and removed by what would have been committed. */
class Directory extends ProviderDirectory {
  readonly applied: Feed;

  constructor() {
    const feed = new Feed();
    const database = new MemoryDatabase();
    super(feed, database, new Journal(clock, database, feed), leases, clock);
    this.applied = feed;
  }

  added(name: string, key = this.size + 1): void {
    applyAll(this.applied, [registered(key, name)]);
  }

  removed(name: string): void {
    const { key } = this.get(name);
    const about = { kind: 'provider', from: 'Unknown', to: 'Removed', cause: '', atMs: 0 } as const;
    applyAll(this.applied, [providerRemoved([{ ...about, key, subject: name, sequence: 1 }])]);
  }
}

function directoryOf(names: readonly string[]): Directory {
  const directory = new Directory();
  for (const name of names) directory.added(name);
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
    directory.removed('a');
    expect([directory.find('a'), directory.size]).toEqual([undefined, 1]);
    const { items } = await directory.pages.page(everything, 10, undefined);
    expect(items.map(({ name }) => name)).toEqual(['b']);
  });

  it('gives each new provider a number of its own, above those that were recovered', () => {
    const directory = directoryOf([]);
    directory.added('a', 41);
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
      await expect(directoryOf(['a']).pages.page(everything, 1, token)).rejects.toThrow(/page_token/);
    },
  );

  it('gives no token with a last page that is full', async () => {
    expect((await directoryOf(['a', 'b']).pages.page(everything, 2, undefined)).nextToken).toBeUndefined();
    const all = directoryOf(['a', 'b', 'c']);
    expect((await all.pages.page(({ name }) => name !== 'c', 2, undefined)).nextToken).toBeUndefined();
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
            const page = await directory.pages.page(({ name }) => name.includes(part), size, token);
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
          const { items, nextToken } = await directory.pages.page(everything, size, token);
          seen.push(...items.map(({ name }) => name));
          const last = items.at(-1);
          if (last && names.includes(last.name)) {
            directory.removed(last.name);
            gone.add(last.name);
          }
          const added = waiting.pop();
          if (added !== undefined) directory.added(added);
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
    const found = directory.pages.page(
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
      if (next !== undefined) directory.removed(next);
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
    const page = await directory.pages.page(everything, 3, undefined);
    const behindOne = await directory.pages.page(everything, 9, directory.pages.tokenBehind(page, 1));
    expect(behindOne.items.map(({ name }) => name)).toEqual(['b', 'c', 'd']);
    expect(directory.pages.tokenBehind(page, 3)).toBe(page.nextToken);
  });
});
