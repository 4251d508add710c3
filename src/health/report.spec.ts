import fc from 'fast-check';
import type { CheckResult } from './health-check.js';
import { summarise } from './report.js';
import type { HealthState } from './status.js';

function result(state: HealthState, critical = true, name = 'n', id = 'I#c'): CheckResult {
  const rest = {
    attributes: {},
    reason: undefined,
    kinds: [],
    durationMs: 0,
    checkedAtMs: 0,
    ageMs: 0,
    error: undefined,
  };
  return { id, name, state, critical, ...rest };
}

describe('summarise', () => {
  it.each<[string, CheckResult[], HealthState]>([
    ['nothing to check', [], 'UP'],
    ['all up', [result('UP'), result('UP', false)], 'UP'],
    ['a critical one down', [result('UP'), result('DOWN'), result('DEGRADED')], 'DOWN'],
    ['one down that is not critical', [result('UP'), result('DOWN', false)], 'DEGRADED'],
    ['a critical one degraded', [result('UP'), result('DEGRADED')], 'DEGRADED'],
    ['one degraded that is not critical', [result('DEGRADED', false)], 'DEGRADED'],
  ])('sums up %s', (_what, results, state) => {
    expect(summarise(results).state).toBe(state);
  });

  it('orders by name, then identity, keeps equal names, and leaves its input alone', () => {
    const results = [
      result('UP', true, 'b', '1'),
      result('UP', true, 'a', '3'),
      result('DOWN', true, 'a', '2'),
    ];
    const before = [...results];
    expect(summarise(results).checks.map(({ name, id }) => name + id)).toEqual(['a2', 'a3', 'b1']);
    expect(results).toEqual(before);
  });

  it('does not depend on the order of its input', () => {
    const any = fc
      .uniqueArray(
        fc.tuple(fc.constantFrom<HealthState>('UP', 'DEGRADED', 'DOWN'), fc.boolean(), fc.nat(50)),
        {
          selector: ([, , id]) => id,
        },
      )
      .map((all) => all.map(([state, critical, id]) => result(state, critical, `n${id % 3}`, `I#${id}`)));
    const shuffled = any.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(summarise(other)).toEqual(summarise(all));
      }),
    );
  });
});
