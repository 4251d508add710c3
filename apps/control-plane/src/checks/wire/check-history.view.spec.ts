import { sumOf } from '@vitals/core/check';
import { bucketBody, uptimeBody } from './check-history.view.js';

const minute = { startMs: 1_769_853_600_000, up: 5, warning: 1, down: 2, durationMs: 61 };

describe('Uptime', () => {
  it('counts a warning as up, and takes the mean of what was reached', () => {
    expect(bucketBody(minute)).toEqual({
      start: '2026-01-31T10:00:00.000Z',
      up: 5,
      warning: 1,
      down: 2,
      up_share: 0.75,
      mean_duration_ms: 10.2,
    });
  });

  it('of a span is that of its runs, not the mean of its buckets', () => {
    const outage = { startMs: 0, up: 0, warning: 0, down: 1, durationMs: 0 };
    expect(uptimeBody(sumOf([minute, outage]))).toEqual({
      up: 5,
      warning: 1,
      down: 3,
      up_share: 6 / 9,
      mean_duration_ms: 10.2,
    });
  });

  it('is not known where there was no run, nor a duration where nothing was reached', () => {
    expect(uptimeBody(sumOf([]))).toMatchObject({ up_share: null, mean_duration_ms: null });
    expect(uptimeBody({ up: 0, warning: 0, down: 3, durationMs: 0 })).toMatchObject({
      up_share: 0,
      mean_duration_ms: null,
    });
  });
});
