import fc from 'fast-check';
import type { CheckResult } from '../health-check.js';
import { summarise } from '../report.js';
import type { HealthState } from '../status.js';
import type { HealthDetail } from './wire-answer.js';
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
    ['DEGRADED', true, 200, 'UP', { status: 'UP' }],
    ['DEGRADED', false, 200, 'UP', { status: 'UP' }],
  ])('writes a check that is %s and critical: %s as %d %s', (state, critical, status, overall, check) => {
    expect(answer([result(state, { critical })], 'names')).toMatchObject({
      status,
      body: { status: overall, checks: [{ name: 'disk', ...check }] },
    });
    expect(answer([result(state, { critical })], 'names').body.checks).toEqual([{ name: 'disk', ...check }]);
  });

  it('writes name, status and data and nothing else, with the reason in data', () => {
    const attributes = { free: 5, path: '/', ok: true };
    const down = result('DOWN', { attributes, reason: 'full', kinds: ['readiness'] });
    const data = { ...attributes, reason: 'full' };
    expect(answer([down]).body.checks).toEqual([{ name: 'disk', status: 'DOWN', data }]);
  });

  it.each<[string, HealthState, string | undefined, object, object | undefined]>([
    ['nothing', 'UP', undefined, {}, undefined],
    ['attributes', 'UP', undefined, { free: 5 }, { free: 5 }],
    ['a reason', 'DOWN', 'full', {}, { reason: 'full' }],
    ['a degraded state', 'DEGRADED', undefined, {}, { degraded: true }],
    ['all of them', 'DEGRADED', 'slow', { free: 5 }, { free: 5, degraded: true, reason: 'slow' }],
    ['an attribute of the name reason, and no reason', 'UP', undefined, { reason: 'x' }, { reason: 'x' }],
    ['an attribute of the name reason, and a reason', 'DOWN', 'stale', { reason: 'x' }, { reason: 'stale' }],
    ['an attribute of the name degraded when UP', 'UP', undefined, { degraded: 'no' }, { degraded: 'no' }],
    [
      'an attribute of the name degraded when degraded',
      'DEGRADED',
      undefined,
      { degraded: false },
      { degraded: true },
    ],
  ])('writes data of a check that has %s', (_what, state, reason, attributes, data) => {
    const [check] = answer([result(state, { reason, attributes: attributes as never })]).body.checks;
    expect(check.data).toEqual(data);
    expect('data' in check).toBe(data !== undefined);
  });

  it('does not change the attributes of the result that it writes', () => {
    const attributes = Object.freeze({ reason: 'x' });
    answer([result('DEGRADED', { attributes, reason: 'slow' })]);
    expect(attributes).toEqual({ reason: 'x' });
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

  it('has no further member anywhere, plain values in data, and 503 exactly if it is DOWN, at every detail', () => {
    const value = fc.oneof(fc.string(), fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const key = fc.oneof(fc.string(), fc.constantFrom('reason', 'degraded', '__proto__', 'name', 'status'));
    const check = fc.record({
      state: fc.constantFrom<HealthState>('UP', 'DEGRADED', 'DOWN'),
      critical: fc.boolean(),
      reason: fc.option(fc.string(), { nil: undefined }),
      attributes: fc.dictionary(key, value),
    });
    const details = fc.constantFrom<HealthDetail>('status', 'names', 'full');
    fc.assert(
      fc.property(fc.array(check), details, (all, detail) => {
        const results = all.map((more, index) => result(more.state, { ...more, id: `I#${index}` }));
        const { status, body } = answer(results, detail);
        expect(Object.keys(body)).toEqual(['status', 'checks']);
        const down = all.some(({ state, critical }) => state === 'DOWN' && critical);
        expect([status, body.status]).toEqual(down ? [503, 'DOWN'] : [200, 'UP']);
        for (const written of body.checks) {
          const { name, status: state, data, ...further } = written;
          expect([name, ['UP', 'DOWN'].includes(state), further]).toEqual(['disk', true, {}]);
          for (const fact of Object.values(data ?? {}))
            expect(typeof fact).toMatch(/^(string|number|boolean)$/);
        }
      }),
    );
  });
});
