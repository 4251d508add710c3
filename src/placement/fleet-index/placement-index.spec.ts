import type { Requirement } from '../requirement.js';
import type { Choice, Placeable, Standing } from './placeable.js';
import { PlacementIndex } from './placement-index.js';

function provider(name: string, more: Partial<Placeable> = {}): Placeable {
  return {
    name,
    serviceType: 'vm',
    region: 'eu',
    zone: 'eu-1',
    labels: { tier: 'gold' },
    capabilities: ['gpu'],
    capacity: { cpu: 4 },
    allocated: {},
    behind: false,
    ...more,
  };
}

function indexOf(...providers: Placeable[]): PlacementIndex<Placeable> {
  const index = new PlacementIndex<Placeable>();
  for (const one of providers) index.put(one, one.allocated);
  return index;
}

function names(
  index: PlacementIndex<Placeable>,
  requirement: Partial<Requirement> = {},
  choice: Partial<Choice> = {},
  standingOf: (entry: Placeable) => Standing = () => 'placeable',
): string[] {
  return index
    .find(
      { resources: {}, capabilities: [], labels: [], ...requirement },
      { strategy: 'spread', seed: 0, limit: 10, ...choice },
      standingOf,
    )
    .map(({ entry }) => entry.name);
}

const half = provider('half', { allocated: { cpu: 2 } });
const empty = provider('empty');
const full = provider('full', { allocated: { cpu: 4 } });

describe('PlacementIndex', () => {
  it('finds nobody in an empty index, and after the last one has left', () => {
    const index = indexOf(empty);
    expect(index.remove('empty')).toBe(true);
    expect(index.remove('empty')).toBe(false);
    for (const strategy of ['spread', 'pack', 'random'] as const) {
      expect(names(index, {}, { strategy })).toEqual([]);
      expect(names(indexOf(), {}, { strategy })).toEqual([]);
    }
  });

  it.each<[Partial<Placeable>, Partial<Requirement>]>([
    [{ labels: { tier: 'tin' } }, { labels: [['tier', 'tin']] }],
    [{ capabilities: ['tpu'] }, { capabilities: ['tpu'] }],
    [{ serviceType: 'db' }, { serviceType: 'db' }],
    [{ region: 'us' }, { region: 'us' }],
    [{ zone: 'eu-2' }, { zone: 'eu-2' }],
    [{ capacity: { cpu: 9 } }, { resources: { cpu: 9 } }],
    [{ behind: true }, {}],
  ])('finds a provider by what it was put in as last: %j', (more, requirement) => {
    const index = indexOf(empty, half);
    const next = { ...empty, ...more };
    if (!more.behind) expect(names(index, requirement)).toEqual([]);
    index.put(next, {});
    expect(names(index, requirement)).toEqual(more.behind ? ['half', 'empty'] : ['empty']);
    expect(index.get('empty')).toBe(next);
    expect(index.size).toBe(2);
    index.put(empty, {});
    expect(names(index)).toEqual(['empty', 'half']);
    if (!more.behind) expect(names(index, requirement)).toEqual([]);
  });

  it('ranks by what is used, not by what the provider says', () => {
    const index = indexOf(empty, half, full);
    index.put(empty, { cpu: 3 });
    expect(names(index)).toEqual(['half', 'empty', 'full']);
    expect(names(index, { resources: { cpu: 1.5 } })).toEqual(['half']);
  });

  it.each<[Partial<Requirement>, string[]]>([
    [{ resources: { cpu: 4 } }, ['empty']],
    [{ resources: { cpu: 4.1 } }, []],
    [{ resources: { memory: 1 } }, []],
    [{ resources: { memory: 0 } }, ['empty', 'half', 'full']],
    [{ labels: [['constructor', 'x']] }, []],
    [{ labels: [['__proto__', 'x']] }, []],
    [
      {
        labels: [
          ['tier', 'gold'],
          ['tier', 'tin'],
        ],
      },
      [],
    ],
    [{ capabilities: ['gpu', 'gpu'] }, ['empty', 'half', 'full']],
    [{ serviceType: 'db' }, []],
    [{ serviceType: 'vm', region: 'eu', zone: 'eu-1' }, ['empty', 'half', 'full']],
  ])('for %j finds %j', (requirement, expected) => {
    expect(names(indexOf(half, full, empty), requirement)).toEqual(expected);
  });

  it('gives the last tenth of a core to work that needs a tenth', () => {
    const index = indexOf(provider('a', { capacity: { cpu: 1 }, allocated: { cpu: 0.9 } }));
    expect(names(index, { resources: { cpu: 0.1 } })).toEqual(['a']);
    expect(names(index, { resources: { cpu: 0.1001 } })).toEqual([]);
  });

  it('packs equal providers in the order of their names, however many there are', () => {
    const all = Array.from({ length: 1_000 }, (_, index) => provider(`p-${index + 1_000}`));
    const packed = names(indexOf(...all.toReversed(), full), {}, { strategy: 'pack', limit: 3 });
    expect(packed).toEqual(['full', 'p-1000', 'p-1001']);
  });
});

describe('PlacementIndex: what only the time of the query tells', () => {
  it('never finds who is excluded, and takes the next', () => {
    const standingOf = ({ name }: Placeable) => (name === 'empty' ? 'excluded' : 'placeable');
    expect(names(indexOf(half, empty, full), {}, { limit: 2 }, standingOf)).toEqual(['half', 'full']);
  });

  it('puts those that are late and those that are known to be behind after all others, in one order', () => {
    const behind = provider('behind', { allocated: { cpu: 3 }, behind: true });
    const dead = provider('dead', { behind: true });
    const standingOf = ({ name }: Placeable) =>
      name === 'empty' || name === 'full' ? 'late' : name === 'dead' ? 'excluded' : 'placeable';
    const index = indexOf(half, empty, full, behind, dead);
    expect(names(index, {}, {}, standingOf)).toEqual(['half', 'empty', 'behind', 'full']);
    expect(names(index, {}, { limit: 3 }, standingOf)).toEqual(['half', 'empty', 'behind']);
    expect(names(index, {}, { limit: 1 }, standingOf)).toEqual(['half']);
  });

  it('finds those that are behind if there is nobody else', () => {
    expect(names(indexOf({ ...half, behind: true }, { ...empty, behind: true }))).toEqual(['empty', 'half']);
  });

  it.each(['spread', 'pack', 'random'] as const)('asks about few of a large fleet for %s', (strategy) => {
    const all = Array.from({ length: 5_000 }, (_, id) =>
      provider(`p-${id}`, { allocated: { cpu: (id % 40) / 10 }, behind: id % 100 === 0 }),
    );
    const index = indexOf(...all);
    let asked = 0;
    const standingOf = () => (asked++ === 0 ? 'excluded' : 'placeable');
    const found = names(index, { resources: { cpu: 1 }, zone: 'eu-1' }, { strategy, limit: 5 }, standingOf);
    expect(found).toHaveLength(5);
    expect(asked).toBe(6);
  });
});
