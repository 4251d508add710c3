import fc from 'fast-check';
import { Sieve } from '../sieve.js';
import { Slots } from '../slots.js';
import { OrderedSlots } from './ordered-slots.js';

/** Slots whose share is the free part of ten cores; few shares, so that many are equal. */
class Fleet {
  readonly slots = new Slots<{ readonly name: string }>();
  readonly ordered = new OrderedSlots(this.slots);
  private readonly free = new Map<string, number>();

  put(name: string, free: number): void {
    const known = this.slots.find(name);
    const slot = known < 0 ? this.slots.add({ name }) : known;
    if (known >= 0) this.ordered.remove(slot);
    this.slots.setFree(slot, { cpu: 10 }, { cpu: 10 - free });
    this.ordered.insert(slot);
    this.free.set(name, free);
  }

  remove(name: string): void {
    const slot = this.slots.find(name);
    if (slot < 0) return;
    this.ordered.remove(slot);
    this.slots.remove(slot);
    this.free.delete(name);
  }

  /** Names in both orders, as far as a walk goes. */
  walked(cpu: number, most = Number.POSITIVE_INFINITY): string[][] {
    const sieve = new Sieve(this.slots, { cpu });
    const names: string[][] = [[], []];
    const visit = (list: string[]) => (slot: number) => list.push(this.slots.nameOf(slot)) >= most;
    this.ordered.fromEmptiest(sieve, visit(names[0] as string[]));
    this.ordered.fromFullest(sieve, visit(names[1] as string[]));
    return names;
  }

  sorted(cpu: number): string[][] {
    const fitting = [...this.free].filter(([, free]) => free >= cpu);
    const byName = (a: string, b: string) => (a < b ? -1 : 1);
    return [-1, 1].map((sign) =>
      fitting.toSorted(([a, x], [b, y]) => sign * (x - y) || byName(a, b)).map(([name]) => name),
    );
  }
}

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.nat(700), fc.nat(10)) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(700), fc.constant(undefined)) },
  ),
  { minLength: 500, maxLength: 1_500, size: 'max' },
);

describe('OrderedSlots', () => {
  it('keeps the order from both ends over splits and merges, and passes over who has too little', () => {
    fc.assert(
      fc.property(steps, fc.nat(10), (all, cpu) => {
        const fleet = new Fleet();
        for (const [id, free] of all) {
          if (free === undefined) fleet.remove(`p-${id}`);
          else fleet.put(`p-${id}`, free);
        }
        expect(fleet.walked(0)).toEqual(fleet.sorted(0));
        expect(fleet.walked(cpu)).toEqual(fleet.sorted(cpu));
      }),
      { numRuns: 15 },
    );
  });

  it('finds what fits in a chunk that was just split or merged', () => {
    const fleet = new Fleet();
    for (let index = 0; index < 200; index++) {
      fleet.put(`p-${index}`, index % 3 ? 9 : 8);
      expect(fleet.walked(8)).toEqual(fleet.sorted(8));
    }
    for (let index = 0; index < 200; index++) {
      fleet.remove(`p-${index}`);
      expect(fleet.walked(8)).toEqual(fleet.sorted(8));
    }
  });

  it('ends a walk when it is told to', () => {
    const fleet = new Fleet();
    for (let index = 0; index < 500; index++) fleet.put(`p-${index}`, 5);
    const [first, last] = fleet.sorted(0).map((names) => names.slice(0, 3));
    expect(fleet.walked(0, 3)).toEqual([first, last]);
  });
});
