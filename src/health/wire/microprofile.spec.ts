import fc from 'fast-check';
import type { CheckResult } from '../check.js';
import { summarise } from '../report.js';
import type { HealthState } from '../status.js';
import type { HealthDetail } from './answer.js';
import { microProfile } from './microprofile.js';

function result(state: HealthState, more: Partial<CheckResult> = {}): CheckResult {
  const base = {
    id: 'Disk#check',
    name: 'disk',
    attributes: {},
    reason: undefined,
    kinds: [],
    critical: true,
  };
  const run = { durationMs: 1.2345, checkedAtMs: 0, ageMs: 20.4, error: new Error('for the log') };
  return { ...base, ...run, state, ...more };
}

function answer(results: CheckResult[], detail: HealthDetail = 'full') {
  const { status, headers, body } = microProfile(summarise(results), detail);
  return { status, headers, body: JSON.parse(body as string) };
}

describe('microProfile', () => {
  it('says UP with no checks if there is nothing to check', () => {
    expect(answer([])).toMatchObject({ status: 200, body: { status: 'UP', checks: [] } });
  });

  it.each<[HealthState, boolean, number, string, object]>([
    ['UP', true, 200, 'UP', { status: 'UP' }],
    ['DOWN', true, 503, 'DOWN', { status: 'DOWN' }],
    ['DOWN', false, 200, 'UP', { status: 'DOWN' }],
    ['DEGRADED', true, 200, 'UP', { status: 'UP', degraded: true }],
    ['DEGRADED', false, 200, 'UP', { status: 'UP', degraded: true }],
  ])('writes a check that is %s and critical: %s as %d %s', (state, critical, status, overall, check) => {
    expect(answer([result(state, { critical })], 'names')).toMatchObject({
      status,
      body: { status: overall, checks: [{ name: 'disk', ...check }] },
    });
    expect(answer([result(state, { critical })], 'names').body.checks).toEqual([{ name: 'disk', ...check }]);
  });

  it('tells everything but the error at detail full', () => {
    const attributes = { free: 5, path: '/', ok: true };
    const down = result('DOWN', { attributes, reason: 'full', kinds: ['readiness'] });
    expect(answer([down]).body.checks).toEqual([
      {
        name: 'disk',
        status: 'DOWN',
        data: attributes,
        reason: 'full',
        kinds: ['readiness'],
        critical: true,
        durationMs: 1.23,
        checkedAt: '1970-01-01T00:00:00.000Z',
        ageMs: 20,
      },
    ]);
  });

  it('leaves data and reason out where there is none', () => {
    const [check] = answer([result('UP')]).body.checks;
    expect(check).not.toHaveProperty('data');
    expect(check).not.toHaveProperty('reason');
  });

  it('tells names and statuses only at detail names, and no check at detail status', () => {
    const down = result('DOWN', { attributes: { free: 5 }, reason: 'full' });
    expect(answer([down], 'names').body.checks).toEqual([{ name: 'disk', status: 'DOWN' }]);
    expect(answer([down], 'status').body).toEqual({ status: 'DOWN', checks: [] });
  });

  it('keeps two checks that report the same name', () => {
    const { body } = answer([result('DOWN', { id: 'B#c' }), result('UP', { id: 'A#c' })], 'names');
    expect(body.checks).toEqual([
      { name: 'disk', status: 'UP' },
      { name: 'disk', status: 'DOWN' },
    ]);
  });

  it('is JSON that no cache may keep', () => {
    expect(answer([]).headers).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    });
  });

  it('has no other member at its root, and says 503 exactly if it says DOWN, at every detail', () => {
    const states = fc.array(fc.tuple(fc.constantFrom<HealthState>('UP', 'DEGRADED', 'DOWN'), fc.boolean()));
    fc.assert(
      fc.property(states, fc.constantFrom<HealthDetail>('status', 'names', 'full'), (all, detail) => {
        const { status, body } = answer(
          all.map(([state, critical], index) => result(state, { critical, id: `I#${index}` })),
          detail,
        );
        expect(Object.keys(body)).toEqual(['status', 'checks']);
        const down = all.some(([state, critical]) => state === 'DOWN' && critical);
        expect([status, body.status]).toEqual(down ? [503, 'DOWN'] : [200, 'UP']);
      }),
    );
  });
});
