import type { CheckResult } from '../health-check.js';
import { type HealthReport, summarise } from '../report.js';
import type { HealthState } from '../status.js';
import type { HealthDetail } from './wire-answer.js';
import { spring } from './spring.js';

function result(state: HealthState, more: Partial<CheckResult> = {}): CheckResult {
  const rest = {
    attributes: {},
    reason: undefined,
    kinds: [],
    critical: true,
    error: new Error('for the log'),
  };
  return {
    id: 'Disk#check',
    name: 'disk',
    state,
    durationMs: 1.2345,
    checkedAtMs: 0,
    ageMs: 0,
    ...rest,
    ...more,
  };
}

function refusal(target: string): CheckResult {
  return result('DOWN', { id: `AvailabilityState#${target}`, name: target });
}

function answer(report: HealthReport, detail: HealthDetail = 'names') {
  const { status, headers, body } = spring(report, detail);
  return { status, headers, body: JSON.parse(body as string) };
}

describe('spring', () => {
  it.each<[HealthState, boolean, number, string, object]>([
    ['UP', true, 200, 'UP', { status: 'UP' }],
    ['DEGRADED', true, 200, 'UP', { status: 'UP', details: { degraded: true } }],
    ['DOWN', false, 200, 'UP', { status: 'DOWN' }],
    ['DOWN', true, 503, 'DOWN', { status: 'DOWN' }],
  ])('writes a check that is %s and critical: %s as %d %s', (state, critical, status, whole, disk) => {
    expect(answer(summarise([result(state, { critical })]))).toEqual({
      status,
      headers: {
        'cache-control': 'no-store',
        'content-type': 'application/vnd.spring-boot.actuator.v3+json',
      },
      body: { status: whole, components: { disk } },
    });
  });

  const missing = ['warm-up'];
  it.each<[string, HealthReport, number, string]>([
    ['there is nothing to tell', summarise([]), 200, 'UNKNOWN'],
    [
      'only a target is missing',
      summarise([result('UP'), refusal('warm-up')], missing),
      503,
      'OUT_OF_SERVICE',
    ],
    [
      'a target is missing and what is down is not critical',
      summarise([result('DOWN', { critical: false }), refusal('warm-up')], missing),
      503,
      'OUT_OF_SERVICE',
    ],
    ['a critical check is down too', summarise([result('DOWN'), refusal('warm-up')], missing), 503, 'DOWN'],
    [
      'the app has not started',
      { state: 'DOWN', checks: [], notReady: ['bootstrap'] },
      503,
      'OUT_OF_SERVICE',
    ],
    ['it is down for no reason that is told', { state: 'DOWN', checks: [], notReady: [] }, 503, 'DOWN'],
    ['a check only looks like a target', summarise([refusal('mine')], missing), 503, 'DOWN'],
  ])('if %s, the whole of it is told', (_title, report, status, whole) => {
    expect(answer(report)).toMatchObject({ status, body: { status: whole } });
  });

  it('writes a missing target as out of service', () => {
    const { components } = answer(summarise([result('UP'), refusal('warm-up')], missing)).body;
    expect(components).toEqual({ disk: { status: 'UP' }, 'warm-up': { status: 'OUT_OF_SERVICE' } });
  });

  it('tells details at detail full only, and no component at detail status', () => {
    const attributes = { free: 5, error: 'as a check may call it', durationMs: 'long' };
    const report = summarise([result('DOWN', { attributes, reason: 'full', ageMs: 1500.4 })]);
    const details = {
      free: 5,
      error: 'full',
      durationMs: 1.23,
      checkedAt: '1970-01-01T00:00:00.000Z',
      ageMs: 1500,
    };
    expect(answer(report, 'full').body.components).toEqual({ disk: { status: 'DOWN', details } });
    expect(answer(report, 'names').body.components).toEqual({ disk: { status: 'DOWN' } });
    expect(answer(report, 'status').body).toEqual({ status: 'DOWN' });
  });

  it('keeps the name of a check apart from others of the same name', () => {
    const report = summarise([result('UP', { id: 'A#a' }), result('DOWN', { id: 'B#b' })]);
    expect(answer(report).body.components).toEqual({
      'disk (A#a)': { status: 'UP' },
      'disk (B#b)': { status: 'DOWN' },
    });
  });

  it('carries hostile names and attributes', () => {
    const names = ['<b>"x"</b>', 'two\nlines', '__proto__', 'constructor', 'x'.repeat(10_000)];
    const attributes = Object.fromEntries([['__proto__', 1]]);
    const results = names.map((name, index) => result('UP', { name, id: `I#${index}`, attributes }));
    const { components } = answer(summarise(results), 'full').body;
    expect(Object.keys(components).sort()).toEqual([...names].sort());
    for (const { details } of Object.values<{ details: object }>(components)) {
      expect(Object.entries(details)).toContainEqual(['__proto__', 1]);
    }
  });
});
