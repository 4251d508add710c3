import fc from 'fast-check';
import { backoffMs } from './attempts.js';

const CEILING_MS = 10_000;

describe('backoffMs', () => {
  it.each([
    [0, 200],
    [1, 400],
    [2, 800],
    [5, 6_400],
    [6, CEILING_MS],
    [1_000_000, CEILING_MS],
  ])('after %d earlier failures waits up to %d ms', (failures, longestMs) => {
    expect(backoffMs(failures, CEILING_MS, () => 1)).toBe(longestMs);
  });

  it('spreads waits over the whole span, so that a fleet does not come back at once', () => {
    const [shortest, middle] = [0, 0.5].map((chance) => backoffMs(5, CEILING_MS, () => chance));
    expect(shortest).toBe(50);
    expect(middle).toBe(3_225);
  });

  it('stays within its bounds for any number of failures, any ceiling and any chance', () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1_000, max: 3_600_000 }),
        chance,
        (failures, ceilingMs, drawn) => {
          const waitMs = backoffMs(failures, ceilingMs, () => drawn);
          expect(waitMs).toBeGreaterThanOrEqual(50);
          expect(waitMs).toBeLessThanOrEqual(ceilingMs);
        },
      ),
    );
  });
});
