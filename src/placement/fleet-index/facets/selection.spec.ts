import fc from 'fast-check';
import { Posting } from './posting.js';
import { Selector, visitBits } from './selection.js';

const SLOTS = 4_000;

/** A posting of these slots; one that once held many stays a bit set, however few are left. */
function postingOf(kept: ReadonlySet<number>, wasLarge: boolean): Posting {
  const posting = new Posting(0);
  for (let slot = 1; wasLarge && slot < SLOTS; slot++) posting.add(slot, SLOTS);
  for (const slot of kept) posting.add(slot, SLOTS);
  for (let slot = 0; slot < SLOTS; slot++) if (!kept.has(slot)) posting.remove(slot);
  return posting;
}

describe('Selector', () => {
  it('gives what postings have in common, whether each is a list or a bit set', () => {
    const someSlots = fc.uniqueArray(fc.nat(SLOTS - 1), { maxLength: 200 });
    fc.assert(
      fc.property(fc.array(fc.tuple(someSlots, fc.boolean()), { minLength: 1, maxLength: 4 }), (wanted) => {
        const sets = wanted.map(([slots]) => new Set(slots));
        const postings = wanted.map(([, wasLarge], index) => postingOf(sets[index] as Set<number>, wasLarge));
        const { slots, bits, count } = new Selector().select(postings, SLOTS);
        const found: number[] = [...(slots ?? [])];
        if (bits) visitBits(bits, (slot) => found.push(slot));
        const [first, ...others] = sets as [Set<number>, ...Set<number>[]];
        const common = [...first].filter((slot) => others.every((set) => set.has(slot)));
        expect(found.toSorted((a, b) => a - b)).toEqual(common.toSorted((a, b) => a - b));
        expect(count).toBe(common.length);
      }),
      { numRuns: 30 },
    );
  });
});
