import fc from 'fast-check';
import { greaterOf, mayCover, sketchOf } from './sketch.js';

const amount = fc.oneof(
  fc.double({ min: 0, max: 2 ** 53, noNaN: true }),
  fc.nat(9),
  fc.constantFrom(1e-9, 0.1, 2 ** 53),
);
const amounts = fc.tuple(amount, amount, amount, amount);

type Amounts = [number, number, number, number];

function covers([a, b, c, d]: Amounts, [e, f, g, h]: Amounts): boolean {
  return mayCover(sketchOf(a, b), sketchOf(c, d), sketchOf(e, f), sketchOf(g, h));
}

describe('a sketch', () => {
  it('never refuses what is enough', () => {
    fc.assert(
      fc.property(amounts, amounts, (one, other) => {
        const greater = one.map((value, index) => Math.max(value, other[index] as number)) as Amounts;
        expect(covers(greater, other)).toBe(true);
        expect(covers(one, one)).toBe(true);
      }),
    );
  });

  it('refuses what is less by a hundredth, of any one amount', () => {
    fc.assert(
      fc.property(amounts, fc.nat(3), (needed, index) => {
        fc.pre((needed[index] as number) > 1e-30);
        const less = needed.map((value, at) => (at === index ? value * 0.99 : value)) as Amounts;
        expect(covers(less, needed)).toBe(false);
      }),
    );
  });

  it('keeps the greater of both amounts', () => {
    fc.assert(
      fc.property(amounts, ([a, b, c, d]) => {
        expect(greaterOf(sketchOf(a, b), sketchOf(c, d))).toBe(sketchOf(Math.max(a, c), Math.max(b, d)));
      }),
    );
  });
});
