import type { CheckResult } from '../health-check.js';
import { summarise } from '../report.js';
import type { HealthState } from '../status.js';
import type { HealthDetail } from './wire-answer.js';
import { vitals } from './vitals.js';

function result(state: HealthState, more: Partial<CheckResult> = {}): CheckResult {
  const base = { id: 'Disk#check', name: 'disk', attributes: {}, reason: undefined, kinds: [] };
  const run = { critical: true, durationMs: 1.2345, checkedAtMs: 0, ageMs: 20.4, error: new Error('log') };
  return { ...base, ...run, state, ...more };
}

function answer(results: CheckResult[], detail: HealthDetail = 'full') {
  const { status, headers, body } = vitals(summarise(results), detail);
  return { status, headers, body: JSON.parse(body as string) };
}

describe('vitals', () => {
  it('is UP with no checks if there is nothing to check', () => {
    expect(answer([])).toMatchObject({ status: 200, body: { status: 'UP', checks: [] } });
  });

  it.each<[HealthState, boolean, number, HealthState]>([
    ['UP', true, 200, 'UP'],
    ['DEGRADED', true, 200, 'DEGRADED'],
    ['DEGRADED', false, 200, 'DEGRADED'],
    ['DOWN', false, 200, 'DEGRADED'],
    ['DOWN', true, 503, 'DOWN'],
  ])('writes a check that is %s and critical: %s as %d %s', (state, critical, status, overall) => {
    expect(answer([result(state, { critical })], 'names')).toMatchObject({
      status,
      body: { status: overall, checks: [{ name: 'disk', status: state }] },
    });
  });

  it('writes everything but the error at detail full, and the attributes as they are', () => {
    const attributes = { free: 5, reason: 'of its own', degraded: 'no' };
    const down = result('DOWN', { attributes, reason: 'full', kinds: ['readiness'], critical: false });
    expect(answer([down]).body.checks).toEqual([
      {
        name: 'disk',
        status: 'DOWN',
        id: 'Disk#check',
        kinds: ['readiness'],
        critical: false,
        reason: 'full',
        data: attributes,
        durationMs: 1.23,
        checkedAt: '1970-01-01T00:00:00.000Z',
        ageMs: 20,
      },
    ]);
  });

  it('leaves data and reason out where there is none', () => {
    const [check] = answer([result('UP')]).body.checks;
    expect(Object.keys(check)).toEqual([
      'name',
      'status',
      'id',
      'kinds',
      'critical',
      'durationMs',
      'checkedAt',
      'ageMs',
    ]);
  });

  it('writes names and statuses only at detail names, and no check at detail status', () => {
    const down = result('DOWN', { attributes: { free: 5 }, reason: 'full' });
    expect(answer([down], 'names').body.checks).toEqual([{ name: 'disk', status: 'DOWN' }]);
    expect(answer([down], 'status').body).toEqual({ status: 'DOWN', checks: [] });
  });

  it('has a media type of its own, and no cache may keep it', () => {
    expect(answer([]).headers).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/vnd.vitals.health+json',
    });
  });
});
