import { clusterBoundMs, clusterGraceMs, clusterTimes } from './cluster-times.js';

describe('The intervals of a cluster', () => {
  it.each([
    [1, 16, 500],
    [5, 16, 500],
    [62, 16, 500],
    [63, 16, 504],
    [10, 400, 2_000],
  ])(
    'of %d instances and %d partitions: a watermark each %d ms, 2,000 a second at most',
    (instances, partitions, everyMs) => {
      const { watermarkMs } = clusterTimes(instances, partitions, 10_000);
      expect(watermarkMs).toBe(everyMs);
      expect((instances * partitions * 1_000) / watermarkMs).toBeLessThanOrEqual(2_000);
    },
  );

  it('let a front miss one watermark, and add 3.5 s to the grace and 11.5 s to the bound of a small cluster', () => {
    const times = clusterTimes(3, 16, 10_000);
    expect(times).toEqual({ watermarkMs: 500, slackMs: 1_000, appendMs: 1_000, deadAfterMs: 10_000 });
    expect(clusterGraceMs(times)).toBe(3_500);
    expect(clusterBoundMs(38_100, times)).toBe(49_600);
  });
});
