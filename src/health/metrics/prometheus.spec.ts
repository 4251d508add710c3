import parsePrometheusTextFormat, { type MetricFamily } from 'parse-prometheus-text-format';
import type { CheckResult, HealthKind } from '../health-check.js';
import { summarise } from '../report.js';
import type { HealthState } from '../status.js';
import type { HealthDetail } from '../wire/wire-answer.js';
import { CheckMetrics } from './check-metrics.js';
import { prometheus, type PrometheusSource } from './prometheus.js';

function result(state: HealthState, more: Partial<CheckResult> = {}): CheckResult {
  const rest = {
    attributes: { secret: 's3cret' },
    reason: 's3cret',
    kinds: [],
    critical: true,
    error: undefined,
  };
  return {
    id: 'Disk#check',
    name: 'reported',
    state,
    durationMs: 30,
    checkedAtMs: 1500,
    ageMs: 0,
    ...rest,
    ...more,
  };
}

const disk = { id: 'Disk#check', name: 'disk' };

function write(
  results: CheckResult[],
  source: Partial<PrometheusSource> = {},
  detail: HealthDetail = 'full',
) {
  return prometheus(summarise(results), detail, { checks: [disk], metrics: new CheckMetrics(), ...source });
}

function read(text: string | undefined): Map<string, MetricFamily> {
  const families = parsePrometheusTextFormat(text as string);
  return new Map(families.map((family) => [family.name, family]));
}

/** Samples of a family as `label,label` → value. */
function samples(text: string | undefined, name: string): Record<string, string | undefined> {
  const metrics = read(text).get(name)?.metrics ?? [];
  return Object.fromEntries(metrics.map(({ labels = {}, value }) => [Object.values(labels).join(), value]));
}

function seen(...results: CheckResult[]): CheckMetrics {
  const metrics = new CheckMetrics();
  for (const one of results) metrics.observe(one);
  return metrics;
}

describe('prometheus', () => {
  it.each<[HealthState, Record<string, string>]>([
    ['UP', { UP: '1', DEGRADED: '0', DOWN: '0' }],
    ['DEGRADED', { UP: '0', DEGRADED: '1', DOWN: '0' }],
    ['DOWN', { UP: '0', DEGRADED: '0', DOWN: '1' }],
  ])('is 200 when the whole is %s, which is the one series that is 1', (state, expected) => {
    const { status, headers, body } = write([result(state)]);
    expect(status).toBe(200);
    expect(headers).toEqual({
      'cache-control': 'no-store',
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
    expect(samples(body, 'health_status')).toEqual(expected);
  });

  it('writes one series for each kind and state of a check, and for a bare one with no kind', () => {
    const kinds: HealthKind[] = ['liveness', 'readiness', 'liveness'];
    const { body } = write([result('DOWN', { kinds }), result('UP', { id: 'Db#check' })]);
    expect(samples(body, 'health_check_status')).toEqual({
      'disk,Disk#check,liveness,UP': '0',
      'disk,Disk#check,liveness,DEGRADED': '0',
      'disk,Disk#check,liveness,DOWN': '1',
      'disk,Disk#check,readiness,UP': '0',
      'disk,Disk#check,readiness,DEGRADED': '0',
      'disk,Disk#check,readiness,DOWN': '1',
      'Db#check,Db#check,,UP': '1',
      'Db#check,Db#check,,DEGRADED': '0',
      'Db#check,Db#check,,DOWN': '0',
    });
  });

  it('writes counters of all runs, and changes of state', () => {
    const metrics = seen(
      result('UP'),
      result('DOWN', { durationMs: 700 }),
      result('UP', { durationMs: 20_000 }),
    );
    metrics.changed('Disk#check', 'UP', 'DOWN');
    const { body } = write([result('UP')], { metrics });
    expect(samples(body, 'health_checks_total')).toEqual({
      'disk,Disk#check,UP': '2',
      'disk,Disk#check,DEGRADED': '0',
      'disk,Disk#check,DOWN': '1',
    });
    expect(samples(body, 'health_check_last_time_seconds')).toEqual({ 'disk,Disk#check': '1.5' });
    expect(samples(body, 'health_check_transitions_total')).toEqual({
      'disk,Disk#check,UP,DEGRADED': '0',
      'disk,Disk#check,UP,DOWN': '1',
      'disk,Disk#check,DEGRADED,UP': '0',
      'disk,Disk#check,DEGRADED,DOWN': '0',
      'disk,Disk#check,DOWN,UP': '0',
      'disk,Disk#check,DOWN,DEGRADED': '0',
    });
  });

  it('writes durations as a cumulative histogram in seconds', () => {
    const metrics = seen(
      result('UP'),
      result('DOWN', { durationMs: 700 }),
      result('UP', { durationMs: 20_000 }),
    );
    const { body } = write([result('UP')], { metrics });
    expect(body).toContain(
      'health_check_duration_seconds_bucket{check="disk",source="Disk#check",le="0.025"} 0\n',
    );
    expect(body).toContain(
      'health_check_duration_seconds_bucket{check="disk",source="Disk#check",le="0.05"} 1\n',
    );
    expect(body).toContain(
      'health_check_duration_seconds_bucket{check="disk",source="Disk#check",le="0.5"} 1\n',
    );
    expect(body).toContain(
      'health_check_duration_seconds_bucket{check="disk",source="Disk#check",le="1"} 2\n',
    );
    expect(body).toContain(
      'health_check_duration_seconds_bucket{check="disk",source="Disk#check",le="10"} 2\n',
    );
    expect(body).toContain(
      'health_check_duration_seconds_bucket{check="disk",source="Disk#check",le="+Inf"} 3\n',
    );
    expect(body).toContain('health_check_duration_seconds_sum{check="disk",source="Disk#check"} 20.73\n');
    expect(body).toContain('health_check_duration_seconds_count{check="disk",source="Disk#check"} 3\n');
    expect(read(body).get('health_check_duration_seconds')?.type).toBe('HISTOGRAM');
  });

  it('says of every family what it is, once', () => {
    const metrics = seen(result('UP'));
    const families = [...read(write([result('UP')], { metrics }).body).values()];
    expect(families.map(({ name, type }) => [name, type])).toEqual([
      ['health_status', 'GAUGE'],
      ['health_check_status', 'GAUGE'],
      ['health_check_duration_seconds', 'HISTOGRAM'],
      ['health_checks_total', 'COUNTER'],
      ['health_check_transitions_total', 'COUNTER'],
      ['health_check_last_time_seconds', 'GAUGE'],
    ]);
    for (const { help } of families) expect(help).not.toBe('');
  });

  it('tells only the whole at detail status, and if there are no checks', () => {
    const metrics = seen(result('UP'));
    expect([...read(write([result('UP')], { metrics }, 'status').body).keys()]).toEqual(['health_status']);
    expect([...read(write([], { checks: [] }).body).keys()]).toEqual(['health_status']);
  });

  it('tells the same at detail names as at full, and neither reasons nor attributes nor reported names', () => {
    const metrics = seen(result('DOWN'));
    const { body } = write([result('DOWN')], { metrics }, 'names');
    expect(body).toBe(write([result('DOWN')], { metrics }).body);
    expect(body).not.toMatch(/s3cret|reported/);
  });
});
