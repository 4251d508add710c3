import fc from 'fast-check';
import { hash32 } from '../hash.js';
import { positionOf, POSITIONS, RandomOrder } from './random-order.js';

describe('RandomOrder', () => {
  const position = fc.nat(POSITIONS - 1);
  const hash = fc.nat(2 ** 32 - 1);

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

  it('gives each hash a turn of its own, those of one position after each other', () => {
    fc.assert(
      fc.property(hash, hash, fc.integer(), (one, other, seed) => {
        const order = new RandomOrder(seed);
        expect(order.turnOf(one) === order.turnOf(other)).toBe(one === other);
        const sign = Math.sign(order.placeOf(positionOf(one)) - order.placeOf(positionOf(other)));
        if (sign !== 0) expect(Math.sign(order.turnOf(one) - order.turnOf(other))).toBe(sign);
      }),
    );
  });

  it('scores what is drawn first highest, above 0 and up to 1', () => {
    fc.assert(
      fc.property(hash, hash, fc.integer(), (one, other, seed) => {
        const order = new RandomOrder(seed);
        expect(order.scoreOf(one)).toBeGreaterThan(0);
        expect(order.scoreOf(one)).toBeLessThanOrEqual(1);
        expect(order.scoreOf(one) > order.scoreOf(other)).toBe(order.turnOf(one) < order.turnOf(other));
      }),
    );
  });

  it('puts each of two names at one position first about as often', () => {
    const firsts = Array.from({ length: 1_000 }, (_, seed) => {
      const order = new RandomOrder(seed);
      return order.turnOf(0x12345678) < order.turnOf(0x12345679);
    });
    expect(positionOf(0x12345678)).toBe(positionOf(0x12345679));
    expect(Math.abs(firsts.filter(Boolean).length - 500)).toBeLessThan(80);
  });

  it.each([2, 10, 40])(
    'puts each of %i names first about as often, over seeds that follow each other',
    (count) => {
      const hashes = Array.from({ length: count }, (_, index) => hash32(`provider-${index}`));
      const firsts = Array.from({ length: count }, () => 0);
      const seconds = Array.from({ length: count }, () => 0);
      const draws = count * 400;
      for (let seed = 0; seed < draws; seed++) {
        const order = new RandomOrder(seed);
        const turns = hashes.map((one) => order.turnOf(one));
        const drawn = turns.toSorted((a, b) => a - b).map((turn) => turns.indexOf(turn));
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

describe('hash32', () => {
  it('spreads names that differ in one digit over all hashes', () => {
    const eighths = Array.from({ length: 8 }, () => 0);
    for (let index = 0; index < 8_000; index++) {
      eighths[hash32(`provider-${index}`) >>> 29]!++;
    }
    for (const count of eighths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
