import fc from 'fast-check';
import { Engine } from './engine.js';
import { Random } from './random.js';

describe('Engine', () => {
  it('runs every task once, in the order of time and, within a millisecond, in the order of scheduling', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 3_000 }), (times) => {
        const engine = new Engine();
        const ran: [number, number][] = [];
        times.forEach((atMs, order) =>
          engine.at(atMs, () => {
            expect(engine.nowMs).toBe(atMs);
            ran.push([atMs, order]);
          }),
        );
        engine.runUntil(1_000);
        expect(ran).toEqual([...ran].sort(([a, first], [b, second]) => a - b || first - second));
        expect(ran).toHaveLength(times.length);
      }),
      { numRuns: 30 },
    );
  });

  it('runs now what is scheduled for the past, and leaves what is due after the end', () => {
    const engine = new Engine();
    const ran: number[] = [];
    engine.at(10, () => engine.at(3, () => ran.push(engine.nowMs)));
    engine.at(21, () => ran.push(engine.nowMs));
    engine.runUntil(20);
    expect([ran, engine.nowMs]).toEqual([[10], 20]);
    engine.runUntil(30);
    expect(ran).toEqual([10, 21]);
  });
});

describe('Random', () => {
  it('repeats itself for a seed, and draws what is asked for', () => {
    const draws = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 1_000 }, () => random.integer(3, 7));
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
    expect(new Set(draws(1))).toEqual(new Set([3, 4, 5, 6, 7]));
  });

  it('spreads events so that they come at the rate that was asked for', () => {
    const random = new Random(1);
    const waits = Array.from({ length: 20_000 }, () => random.untilNextMs(60));
    expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length / 60_000).toBeCloseTo(1, 1);
  });
});
