import type { CheckResult } from '../health-check.js';
import { type HealthReport, summarise } from '../report.js';
import type { HealthState } from '../status.js';
import type { HealthDetail } from './wire-answer.js';
import { mp0003 } from './mp-0003.js';

function result(state: HealthState, more: Partial<CheckResult> = {}): CheckResult {
  const rest = {
    attributes: {},
    reason: undefined,
    kinds: [],
    critical: true,
    error: new Error('for the log'),
  };
  return { id: 'Disk#check', name: 'disk', state, durationMs: 1, checkedAtMs: 0, ageMs: 0, ...rest, ...more };
}

function answer(report: HealthReport, detail: HealthDetail = 'full') {
  const { status, headers, body } = mp0003(report, detail);
  return { status, headers, body: JSON.parse(body as string) };
}

describe('mp0003', () => {
  it.each<HealthDetail>(['status', 'names', 'full'])(
    'is 204 without a body for no checks at detail %s',
    (detail) => {
      expect(mp0003(summarise([]), detail)).toEqual({
        status: 204,
        headers: { 'cache-control': 'no-store' },
        body: undefined,
      });
    },
  );

  it('is 503 for an app that is down before it has any result', () => {
    expect(answer({ state: 'DOWN', checks: [], notReady: ['bootstrap'] })).toMatchObject({
      status: 503,
      body: { outcome: 'DOWN', checks: [] },
    });
  });

  it.each<[HealthState, boolean, number, string, string]>([
    ['UP', true, 200, 'UP', 'UP'],
    ['DEGRADED', true, 200, 'UP', 'UP'],
    ['DOWN', false, 200, 'UP', 'DOWN'],
    ['DOWN', true, 503, 'DOWN', 'DOWN'],
  ])('writes a check that is %s and critical: %s as %d %s', (state, critical, status, outcome, part) => {
    expect(answer(summarise([result(state, { critical })]))).toEqual({
      status,
      headers: { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' },
      body: { outcome, checks: [{ id: 'disk', result: part }] },
    });
  });

  it('tells data at detail full only, and no check at detail status', () => {
    const report = summarise([result('DOWN', { attributes: { freebytes: 5 }, reason: 'full' })]);
    expect(answer(report, 'full').body.checks).toEqual([
      { id: 'disk', result: 'DOWN', data: { freebytes: 5 } },
    ]);
    expect(answer(report, 'names').body.checks).toEqual([{ id: 'disk', result: 'DOWN' }]);
    expect(answer(report, 'status').body).toEqual({ outcome: 'DOWN', checks: [] });
  });

  it.each(['<b>"disk"</b>', 'two\nlines', '__proto__', 'constructor', 'x'.repeat(10_000)])(
    'carries the name %j, twice if two checks report it',
    (name) => {
      const report = summarise([result('UP', { name, id: 'A#a' }), result('DOWN', { name, id: 'B#b' })]);
      expect(answer(report).body.checks).toEqual([
        { id: name, result: 'UP' },
        { id: name, result: 'DOWN' },
      ]);
    },
  );
});
