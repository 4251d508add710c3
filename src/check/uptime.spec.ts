import { ResultRing } from './result-ring.js';
import { addedUp, sumOf, UptimeMinute } from './uptime.js';

const DAY_MS = 86_400_000;
const AT_MS = 20_000 * DAY_MS + 3 * 3_600_000 + 90_000;

describe('UptimeMinute', () => {
  it('adds a minute to the bucket of every width when another begins', () => {
    const minute = new UptimeMinute();
    expect(minute.count(7, 'success', 12, AT_MS)).toEqual([]);
    expect(minute.count(7, 'warning', 8, AT_MS + 1)).toEqual([]);
    expect(minute.count(7, 'failure', 500, AT_MS + 2)).toEqual([]);
    const counts = { key: 7, up: 1, warning: 1, down: 1, durationMs: 20 };
    expect(minute.count(7, 'success', 1, AT_MS + 60_000)).toEqual([
      { ...counts, width: 'minute', startMs: AT_MS - 30_000 },
      { ...counts, width: 'hour', startMs: AT_MS - 90_000 },
      { ...counts, width: 'day', startMs: 20_000 * DAY_MS },
    ]);
  });

  it('does not count what says nothing of the target', () => {
    const minute = new UptimeMinute();
    minute.count(7, 'denied', 1, AT_MS);
    minute.count(7, 'unjudged', 1, AT_MS);
    expect(minute.drain(7)).toEqual([]);
  });
});

describe('Buckets', () => {
  const bucket = { key: 1, width: 'hour', startMs: 0, up: 1, warning: 2, down: 3, durationMs: 0.5 } as const;

  it('of one check, width and time are one after they are added up', () => {
    const other = { ...bucket, key: 2 };
    expect(addedUp([bucket, other, bucket])).toEqual([
      { ...bucket, up: 2, warning: 4, down: 6, durationMs: 1 },
      other,
    ]);
  });

  it('come to a sum', () => {
    expect(sumOf([bucket, bucket])).toEqual({ up: 2, warning: 4, down: 6, durationMs: 1 });
    expect(sumOf([])).toEqual({ up: 0, warning: 0, down: 0, durationMs: 0 });
  });
});

describe('ResultRing', () => {
  it('keeps the last 20 results, oldest first', () => {
    const results = Array.from({ length: 45 }, (_, atMs) => {
      return { atMs, outcome: 'success', durationMs: 1, message: 'well' } as const;
    });
    const ring = new ResultRing(results.slice(0, 30));
    for (const result of results.slice(30)) ring.add(result);
    expect(ring.inOrder()).toEqual(results.slice(25));
    expect(ring.last).toEqual(results[44]);
    expect(new ResultRing().last).toBeUndefined();
  });
});
