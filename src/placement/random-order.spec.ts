import fc from 'fast-check';
import { positionOf, POSITIONS, RandomOrder } from './random-order.js';

describe('RandomOrder', () => {
  const position = fc.nat(POSITIONS - 1);

  it('gives each position one place, and can tell either from the other', () => {
    fc.assert(
      fc.property(position, fc.integer(), (one, seed) => {
        const order = new RandomOrder(seed);
        const place = order.placeOf(one);
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(POSITIONS);
        expect(order.positionAt(place)).toBe(one);
        expect(order.placeOf(order.positionAt(one))).toBe(one);
      }),
    );
  });

  it('scores what is drawn first highest, above 0 and up to 1', () => {
    fc.assert(
      fc.property(position, fc.integer(), (one, seed) => {
        const order = new RandomOrder(seed);
        expect(order.scoreOf(order.positionAt(0))).toBe(1);
        expect(order.scoreOf(one)).toBeGreaterThan(0);
        expect(order.scoreOf(one)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([2, 10, 40])(
    'puts each of %i names first about as often, over seeds that follow each other',
    (count) => {
      const positions = Array.from({ length: count }, (_, index) => positionOf(`provider-${index}`));
      const firsts = Array.from({ length: count }, () => 0);
      const seconds = Array.from({ length: count }, () => 0);
      const draws = count * 400;
      for (let seed = 0; seed < draws; seed++) {
        const order = new RandomOrder(seed);
        const places = positions.map((one) => order.placeOf(one));
        const drawn = places.toSorted((a, b) => a - b).map((place) => places.indexOf(place));
        firsts[drawn[0] as number]!++;
        seconds[drawn[1] as number]!++;
      }
      // chi-squared of so many degrees of freedom: its mean is their number, its deviation √(2 × their number)
      for (const counts of [firsts, seconds]) {
        const chiSquared = counts.reduce((sum, one) => sum + (one - 400) ** 2 / 400, 0);
        expect(chiSquared).toBeLessThan(count - 1 + 5 * Math.sqrt(2 * count));
      }
    },
  );
});

describe('positionOf', () => {
  it('spreads names that differ in one digit over all positions', () => {
    const eighths = Array.from({ length: 8 }, () => 0);
    for (let index = 0; index < 8_000; index++) {
      eighths[Math.floor((positionOf(`provider-${index}`) / POSITIONS) * 8)]!++;
    }
    for (const count of eighths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
