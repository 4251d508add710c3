import type { CheckResult } from '../health-check.js';
import type { HealthState } from '../status.js';
import { CheckMetrics, type CheckRecord, DURATION_BUCKETS } from './check-metrics.js';

function run(state: HealthState, durationMs = 1, checkedAtMs = 0, id = 'Disk#check'): CheckResult {
  const rest = { attributes: {}, reason: undefined, kinds: [], critical: true, error: undefined };
  return { id, name: 'disk', state, durationMs, checkedAtMs, ageMs: 0, ...rest };
}

function recordOf(metrics: CheckMetrics, id = 'Disk#check'): CheckRecord {
  return metrics.checks.get(id) as CheckRecord;
}

describe('CheckMetrics', () => {
  it('knows nothing of checks that it has not seen', () => {
    expect(new CheckMetrics().checks.size).toBe(0);
  });

  it('counts runs by state, and knows when the last one ended', () => {
    const metrics = new CheckMetrics();
    for (const [index, state] of (['UP', 'DOWN', 'UP', 'DEGRADED'] as const).entries()) {
      metrics.observe(run(state, 250, 1000 + index));
    }
    expect(recordOf(metrics)).toMatchObject({
      runs: { UP: 2, DEGRADED: 1, DOWN: 1 },
      durationSumSeconds: 1,
      lastRunAtMs: 1003,
    });
  });

  it.each([
    [0, 0.001],
    [1, 0.001],
    [1.001, 0.0025],
    [800, 1],
    [10_000, 10],
  ])('puts a run of %d ms into the bucket up to %d s', (durationMs, bound) => {
    const metrics = new CheckMetrics();
    metrics.observe(run('UP', durationMs));
    const expected = DURATION_BUCKETS.map((one) => (one === bound ? 1 : 0));
    expect(recordOf(metrics).durations).toEqual(expected);
  });

  it('puts a run over the last bound into no bucket, and counts it all the same', () => {
    const metrics = new CheckMetrics();
    metrics.observe(run('UP', 10_001));
    const { durations, runs, durationSumSeconds } = recordOf(metrics);
    expect(durations.every((count) => count === 0)).toBe(true);
    expect([runs.UP, durationSumSeconds]).toEqual([1, 10.001]);
  });

  it('counts changes by both states, but neither the first state nor one that stays', () => {
    const metrics = new CheckMetrics();
    metrics.changed('Disk#check', undefined, 'DOWN');
    metrics.changed('Disk#check', 'UP', 'UP');
    expect(metrics.checks.size).toBe(0);
    metrics.changed('Disk#check', 'UP', 'DOWN');
    metrics.changed('Disk#check', 'DOWN', 'UP');
    metrics.changed('Disk#check', 'UP', 'DOWN');
    const { transitions, lastRunAtMs } = recordOf(metrics);
    expect(transitions.UP).toEqual({ UP: 0, DEGRADED: 0, DOWN: 2 });
    expect(transitions.DOWN).toEqual({ UP: 1, DEGRADED: 0, DOWN: 0 });
    expect(lastRunAtMs).toBeUndefined();
  });

  it('takes no more memory for more runs, and none for what is forgotten', () => {
    const metrics = new CheckMetrics();
    for (let index = 0; index < 1000; index++) metrics.observe(run('UP', index, index, `I#${index % 3}`));
    expect([...metrics.checks.keys()]).toEqual(['I#0', 'I#1', 'I#2']);
    expect(recordOf(metrics, 'I#0').durations).toHaveLength(DURATION_BUCKETS.length);
    metrics.forget('I#0');
    metrics.forget('I#0');
    expect([...metrics.checks.keys()]).toEqual(['I#1', 'I#2']);
    metrics.observe(run('UP', 1, 1, 'I#0'));
    expect(recordOf(metrics, 'I#0').runs.UP).toBe(1);
  });

  it.each(['__proto__', 'constructor'])('counts a check whose identity is %s', (id) => {
    const metrics = new CheckMetrics();
    metrics.observe(run('UP', 1, 1, id));
    expect(recordOf(metrics, id).runs).toEqual({ UP: 1, DEGRADED: 0, DOWN: 0 });
  });
});
