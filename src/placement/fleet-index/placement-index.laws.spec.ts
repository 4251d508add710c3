import fc from 'fast-check';
import { type Candidate, exclusionOf } from '../candidate.js';
import type { Capacity } from '../capacity.js';
import { rank } from '../ranking.js';
import { type Requirement, STRATEGIES } from '../requirement.js';
import type { Placeable, Standing } from './placeable.js';
import { PlacementIndex } from './placement-index.js';

type Provider = Candidate & Placeable;

const CAPABILITIES = ['gpu', 'ssd', 'arm'];

/** Numbers that follow from a seed, so that a large fleet is one number to fast-check. */
class Draw {
  constructor(private state: number) {}

  below(count: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * count);
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  some<T>(values: readonly T[]): T[] {
    return values.filter(() => this.below(3) === 0);
  }

  maybe<T>(value: T): T | undefined {
    return this.below(4) === 0 ? value : undefined;
  }

  capacity(most: number): Capacity {
    const all = { cpu: this.below(most), memory: this.below(most) * 1e9, storage: this.below(3), node: 2 };
    return Object.fromEntries(Object.entries(all).filter(() => this.below(3) > 0));
  }

  provider(name: string): Provider {
    const availability = this.one(['Available', 'Available', 'Suspect', 'Unknown', 'Unavailable'] as const);
    const flapping = this.below(8) === 0;
    return {
      name,
      endpoint: 'http://a',
      serviceType: this.one(['vm', 'vm', 'db']),
      region: this.maybe('eu'),
      zone: this.one(['z-1', 'z-2', undefined]),
      labels: { tier: this.one(['gold', 'tin']), rack: `r${this.below(40)}`, [name]: 'own' },
      capabilities: [...this.some(CAPABILITIES), ...this.some(CAPABILITIES)],
      capacity: this.capacity(9),
      allocated: this.capacity(5),
      phase: 'Ready',
      cordoned: false,
      availability,
      trusted: true,
      flapping,
      behind: flapping || (availability === 'Unknown' && this.below(2) === 0),
    };
  }

  requirement(): Requirement {
    const labels = [
      ['tier', 'gold'],
      ['tier', 'tin'],
      ['rack', 'r7'],
      ['rack', 'none'],
      ['p-1', 'own'],
    ] as const;
    return {
      resources: this.below(2) ? this.capacity(7) : {},
      capabilities: this.maybe(this.some([...CAPABILITIES, 'tpu'])) ?? [],
      labels: this.maybe(this.some(labels)) ?? [],
      serviceType: this.maybe(this.one(['vm', 'db', 'none'])),
      region: this.maybe('eu'),
      zone: this.maybe('z-1'),
    };
  }
}

function standingOf({ availability }: Provider): Standing {
  if (availability === 'Unavailable') return 'excluded';
  return availability === 'Available' ? 'placeable' : 'late';
}

function isLate({ availability, flapping = false }: Candidate): boolean {
  return flapping || availability !== 'Available';
}

/** Puts, replaces and removes at random; returns what is left. */
function churn(index: PlacementIndex<Provider>, draw: Draw, names: number, steps: number): Provider[] {
  const fleet = new Map<string, Provider>();
  for (let step = 0; step < steps; step++) {
    const name = `p-${draw.below(names)}`;
    const known = fleet.get(name);
    if (known && draw.below(4) === 0) {
      index.remove(name);
      fleet.delete(name);
      continue;
    }
    const { availability, allocated, flapping, behind } = draw.provider(name);
    const again = known && { ...known, availability, allocated, flapping, behind };
    const next = again && draw.below(2) === 0 ? again : draw.provider(name);
    index.put(next, next.allocated);
    fleet.set(name, next);
  }
  expect(index.size).toBe(fleet.size);
  return [...fleet.values()];
}

function expectLaw(index: PlacementIndex<Provider>, fleet: readonly Provider[], draw: Draw): void {
  const requirement = draw.requirement();
  const fitting = fleet.filter((provider) => exclusionOf(provider, requirement) === undefined);
  for (const strategy of STRATEGIES) {
    const [seed, limit] = [draw.below(2 ** 32), draw.one([1, 3, 10, 100])];
    const expected = rank(fitting, strategy, seed, limit);
    const found = index.find(requirement, { strategy, seed, limit }, standingOf);
    expect(found.map(({ entry, score, late }) => [entry.name, score, late])).toEqual(
      expected.map(({ candidate, score }) => [candidate.name, score, isLate(candidate)]),
    );
  }
}

describe('PlacementIndex: laws', () => {
  it.each([
    [30, 60, 60],
    [400, 1_500, 10],
    [3_000, 5_000, 5],
  ])('finds what ranking all that fit gives, among %i names after %i changes', (names, steps, numRuns) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const draw = new Draw(seed);
        const index = new PlacementIndex<Provider>();
        const fleet = churn(index, draw, names, steps);
        for (let query = 0; query < 15; query++) expectLaw(index, fleet, draw);
      }),
      { numRuns },
    );
  });

  it('gives equal results for equal providers, whatever happened before and in whatever order they came', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const draw = new Draw(seed);
        const changed = new PlacementIndex<Provider>();
        const fleet = churn(changed, draw, 400, 1_500);
        const fresh = new PlacementIndex<Provider>();
        for (const provider of fleet.toReversed()) fresh.put(provider, provider.allocated);
        for (let query = 0; query < 20; query++) {
          const choice = { strategy: draw.one(STRATEGIES), seed: draw.below(99), limit: 5 };
          const requirement = draw.requirement();
          const found = fresh.find(requirement, choice, standingOf);
          expect(changed.find(requirement, choice, standingOf)).toEqual(found);
          expect(fresh.find(requirement, choice, standingOf)).toEqual(found);
        }
      }),
      { numRuns: 10 },
    );
  });
});
