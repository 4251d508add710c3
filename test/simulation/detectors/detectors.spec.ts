import { FixedTimeout } from './detector.js';
import { PhiAccrual } from './phi-accrual.js';
import { Watch } from './watch.js';

function beats(detector: PhiAccrual, intervalsMs: readonly number[]): number {
  let nowMs = 0;
  detector.heard(0, nowMs, undefined);
  for (const intervalMs of intervalsMs) detector.heard(0, (nowMs += intervalMs), intervalMs);
  return detector.deadlineMs(0) - nowMs;
}

/** The upper tail of the standard normal distribution (Abramowitz and Stegun 26.2.12, asymptotic). */
function tail(deviations: number): number {
  const square = deviations ** 2;
  const series = 1 - 1 / square + 3 / square ** 2 - 15 / square ** 3 + 105 / square ** 4;
  return (Math.exp(-square / 2) / (deviations * Math.sqrt(2 * Math.PI))) * series;
}

describe('PhiAccrual', () => {
  it.each([8, 12] as const)('takes silence for death where phi is %d', (threshold) => {
    const intervalsMs = Array.from({ length: 100 }, (_, at) => (at % 2 ? 9_000 : 11_000));
    const deviations = (beats(new PhiAccrual(threshold), intervalsMs) - 10_000) / 1_000;
    expect(-Math.log10(tail(deviations))).toBeCloseTo(threshold, 1);
  });

  it('forgets what has left its window, and assumes a least deviation', () => {
    const intervalsMs = [...Array<number>(50).fill(60_000), ...Array<number>(100).fill(10_000)];
    expect(beats(new PhiAccrual(8), intervalsMs)).toBeCloseTo(10_000 + 5.612 * 500, 0);
  });

  it('starts from an estimate, and does not know whom it never heard', () => {
    const detector = new PhiAccrual(8);
    expect(detector.deadlineMs(0)).toBe(Number.POSITIVE_INFINITY);
    expect(beats(detector, [])).toBeCloseTo(10_000 + 5.612 * 2_500, 0);
  });
});

describe('Watch', () => {
  it('counts a beat after the deadline as one mistake, and the time from a crash to the deadline', () => {
    const watch = new Watch(new FixedTimeout(30_000));
    for (const nowMs of [0, 30_000, 70_000, 80_000]) watch.heard(3, nowMs);
    expect(watch.mistakes).toBe(1);
    watch.died(3, 85_000);
    watch.finish(200_000);
    expect(watch.detectionsMs).toEqual([25_000]);
  });

  it('counts a beat that was still on its way, and neither a mistake nor a detection for who is back in time', () => {
    const watch = new Watch(new FixedTimeout(30_000));
    watch.heard(0, 0);
    watch.died(0, 1_000);
    watch.heard(0, 2_000);
    watch.revived(0, 20_000);
    watch.heard(0, 100_000);
    watch.died(0, 100_500);
    watch.revived(0, 200_000);
    expect([watch.mistakes, watch.detectionsMs]).toEqual([0, [29_500]]);
  });
});
