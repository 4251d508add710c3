import fc from 'fast-check';
import { DEFAULT_INTERVALS, IntervalPolicy, type IntervalSettings } from './interval-policy.js';

const MAX_RANDOM = 1 - Number.EPSILON;

function policy(settings: Partial<IntervalSettings> = {}, random: () => number = () => 0.5): IntervalPolicy {
  return new IntervalPolicy({ ...DEFAULT_INTERVALS, ...settings }, random);
}

describe('IntervalPolicy', () => {
  it.each([
    [0, 9],
    [0.34, 10],
    [0.5, 10],
    [0.67, 11],
    [MAX_RANDOM, 11],
  ])('spreads the default interval over 9, 10 and 11 s: a draw of %d gives %d s', (draw, seconds) => {
    expect(policy({}, () => draw).nextSeconds(1, false)).toBe(seconds);
  });

  it.each([1_000, 2_000, 5_000, 9_000])('does not jitter an interval of %d ms, below 10 s', (baseMs) => {
    for (const draw of [0, 0.5, MAX_RANDOM]) {
      expect(policy({ baseMs }, () => draw).nextSeconds(1, false) * 1_000).toBe(baseMs);
    }
  });

  it.each([
    [1, 10],
    [200_000, 10],
    [200_001, 11],
    [400_000, 20],
    [1_000_000, 50],
  ])('tells a fleet of %d providers about %d s, so that it stays within its budget', (fleetSize, seconds) => {
    const told = policy().nextSeconds(fleetSize, false);
    expect(Math.abs(told - seconds)).toBeLessThanOrEqual(seconds * 0.1);
    expect(policy().longestMs(fleetSize)).toBe(Math.floor(seconds * 1.1) * 1_000);
  });

  it.each([
    [10_000, 3],
    [30_000, 10],
    [5_000, 1],
    [2_000, 1],
    [1_000, 1],
  ])('tells a provider that is overdue a third of %d ms: %d s, never less than 1 s', (baseMs, seconds) => {
    expect(policy({ baseMs }).nextSeconds(1, true)).toBe(seconds);
  });

  it('allows the missed beats at the interval told, never below base, and the grace', () => {
    expect(policy().allowedSilenceMs(11_000)).toBe(36_000);
    expect(policy().allowedSilenceMs(3_000)).toBe(33_000);
    expect(policy({ missedBeats: 2, graceMs: 500 }).allowedSilenceMs(20_000)).toBe(40_500);
  });

  it('finds a crash within 38.1 s at the defaults, for every fleet up to 200,000', () => {
    for (const fleetSize of [1, 100_000, 200_000]) {
      const allowedMs = policy().allowedSilenceMs(policy().longestMs(fleetSize));
      expect(policy().detectionBoundMs(allowedMs)).toBe(38_100);
    }
  });

  const anySettings = fc.record({
    baseMs: fc.integer({ min: 1, max: 3_600 }).map((seconds) => seconds * 1_000),
    missedBeats: fc.integer({ min: 1, max: 10 }),
    graceMs: fc.nat(60_000),
    maxHeartbeatsPerSecond: fc.integer({ min: 1, max: 100_000 }),
  });
  const anyDraw = fc.double({ min: 0, max: MAX_RANDOM, noNaN: true });

  it('tells whole seconds, within a tenth of what was planned, and no more than the longest', () => {
    fc.assert(
      fc.property(
        anySettings,
        anyDraw,
        fc.nat(1_000_000),
        fc.boolean(),
        (settings, draw, fleetSize, overdue) => {
          const { baseMs, maxHeartbeatsPerSecond } = settings;
          const planned = Math.ceil(Math.max(baseMs / 1_000, fleetSize / maxHeartbeatsPerSecond));
          const own = policy(settings, () => draw);
          const told = own.nextSeconds(fleetSize, overdue);
          expect(Number.isInteger(told)).toBe(true);
          expect(told).toBeGreaterThanOrEqual(1);
          expect(told * 1_000).toBeLessThanOrEqual(own.longestMs(fleetSize));
          if (!overdue) expect(Math.abs(told - planned)).toBeLessThanOrEqual(planned < 10 ? 0 : planned / 10);
        },
      ),
    );
  });

  it('never tells a larger fleet a shorter interval on the same draw', () => {
    fc.assert(
      fc.property(
        anySettings,
        anyDraw,
        fc.nat(1_000_000),
        fc.nat(1_000_000),
        (settings, draw, one, other) => {
          const own = policy(settings, () => draw);
          const [small, large] = [Math.min(one, other), Math.max(one, other)];
          expect(own.longestMs(small)).toBeLessThanOrEqual(own.longestMs(large));
          expect(own.nextSeconds(small, true)).toBeLessThanOrEqual(own.nextSeconds(large, true));
          expect(own.nextSeconds(small, false)).toBeLessThanOrEqual(own.nextSeconds(large, false));
        },
      ),
    );
  });
});
