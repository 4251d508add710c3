import fc from 'fast-check';
import type { Availability } from '../transition/index.js';
import type { Candidate } from './candidate.js';
import type { Capacity } from './capacity.js';
import { rank } from './ranking.js';
import { type Strategy, STRATEGIES } from './requirement.js';

function candidate(
  name: string,
  capacity: Capacity = {},
  allocated: Capacity = {},
  availability: Availability = 'Available',
): Candidate {
  const place = { endpoint: 'http://a', serviceType: 'vm', region: undefined, zone: undefined, labels: {} };
  const state = { phase: 'Ready', cordoned: false, trusted: availability === 'Unknown', availability };
  return { name, ...place, capabilities: [], capacity, allocated, ...state };
}

const half = candidate('half', { cpu: 4 }, { cpu: 2 });
const empty = candidate('empty', { cpu: 2 });
const full = candidate('full', { cpu: 4 }, { cpu: 4 });

function order(candidates: readonly Candidate[], strategy: Strategy, seed = 0): string[] {
  return rank(candidates, strategy, seed).map((ranked) => ranked.candidate.name);
}

describe('rank', () => {
  it.each<[Strategy, string[]]>([
    ['spread', ['empty', 'half', 'full']],
    ['pack', ['full', 'half', 'empty']],
  ])('orders by the free share for %s', (strategy, names) => {
    expect(order([half, full, empty], strategy)).toEqual(names);
  });

  it.each<[Capacity, Capacity, number]>([
    [{ cpu: 4 }, { cpu: 1 }, 0.75],
    [{ cpu: 4, memory: 100 }, { cpu: 4 }, 0.5],
    [{ cpu: 4, memory: 0 }, { cpu: 1 }, 0.75],
    [{ cpu: 4 }, { cpu: 9 }, 0],
    [{}, {}, 0],
  ])(
    'takes the mean free share of what is stated: of %j with %j allocated it is %d',
    (capacity, allocated, share) => {
      const one = [candidate('a', capacity, allocated)];
      expect(rank(one, 'spread', 0)[0]?.score).toBe(share);
      expect(rank(one, 'pack', 0)[0]?.score).toBe(1 - share);
    },
  );

  it('orders equal scores by name', () => {
    expect(
      order(
        ['c', 'a', 'B', 'b'].map((name) => candidate(name, { cpu: 1 })),
        'spread',
      ),
    ).toEqual(['B', 'a', 'b', 'c']);
  });

  it.each(STRATEGIES)('puts those that are late or flapping behind all others for %s', (strategy) => {
    const late = [
      candidate('late', { cpu: 4 }, { cpu: 2 }, 'Suspect'),
      candidate('restarted', { cpu: 4 }, { cpu: 2 }, 'Unknown'),
      { ...candidate('flapping', { cpu: 4 }, { cpu: 2 }), flapping: true },
    ];
    for (let seed = 0; seed < 50; seed++) {
      expect(
        order([...late, half, full, empty], strategy, seed)
          .slice(3)
          .sort(),
      ).toEqual(['flapping', 'late', 'restarted']);
    }
  });

  it('draws another order for another seed, and each provider first about as often', () => {
    const names = ['provider-1', 'provider-2', 'provider-3', 'provider-4'];
    const firsts = new Map<string, number>();
    for (let seed = 0; seed < 4_000; seed++) {
      const [first] = order(
        names.map((name) => candidate(name)),
        'random',
        seed,
      );
      firsts.set(first as string, (firsts.get(first as string) ?? 0) + 1);
    }
    for (const name of names) expect(Math.abs((firsts.get(name) ?? 0) - 1_000)).toBeLessThan(200);
  });

  const anyCandidates = fc.uniqueArray(
    fc
      .tuple(
        fc.nat(200),
        fc.nat(8),
        fc.nat(8),
        fc.constantFrom<Availability>('Available', 'Suspect', 'Unknown'),
      )
      .map(([id, cpu, used, availability]) => candidate(`p${id}`, { cpu }, { cpu: used }, availability)),
    { selector: ({ name }) => name, maxLength: 30 },
  );

  it('gives equal output for equal input, whatever its order, keeps every candidate, and scores 0 to 1', () => {
    const shuffled = anyCandidates.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, fc.constantFrom(...STRATEGIES), fc.integer(), ([all, other], strategy, seed) => {
        const before = [...all];
        const ranked = rank(all, strategy, seed);
        expect(rank(other, strategy, seed)).toEqual(ranked);
        expect(all).toEqual(before);
        expect(new Set(ranked.map((one) => one.candidate))).toEqual(new Set(all));
        for (const { score } of ranked) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
