import fc from 'fast-check';
import { Best } from './best.js';

const ascending = (a: number, b: number) => a - b;

describe('Best', () => {
  it('keeps the first of what it was given, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.nat(12), (items, limit) => {
        const best = new Best(limit, ascending);
        for (const item of items) best.add(item);
        expect(best.items).toEqual(items.toSorted(ascending).slice(0, limit));
        expect(best.isFull).toBe(items.length >= limit);
      }),
    );
  });

  it('wants what would be among the first, and nothing that is only equal to the last', () => {
    const best = new Best(2, ascending);
    expect(best.wants(9)).toBe(true);
    best.add(1);
    best.add(5);
    expect([4, 5, 6].map((item) => best.wants(item))).toEqual([true, false, false]);
  });
});
