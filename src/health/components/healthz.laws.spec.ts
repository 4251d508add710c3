import fc from 'fast-check';
import type { ComponentState } from './component.js';
import { componentsHealth } from './healthz.js';

type Kind = Pick<ComponentState, 'status' | 'critical'>;

const anyKind: fc.Arbitrary<Kind> = fc.record({
  status: fc.constantFrom('OK', 'NOT_OK', 'UNDEFINED'),
  critical: fc.boolean(),
});

/** Components of these kinds, each with an identity of its own. */
function named(kinds: readonly Kind[], from = 0): ComponentState[] {
  return kinds.map((kind, index) => ({
    ...kind,
    name: `c${from + index}`,
    type: `t${(from + index) % 3}.x`,
    message: kind.status === 'NOT_OK' ? 'failed' : undefined,
    durationMs: 1,
    checkedAtMs: 0,
    ageMs: 0,
    lastError: undefined,
  }));
}

const anyComponents = fc.array(anyKind, { maxLength: 30 }).map((kinds) => named(kinds));
const count = (states: readonly ComponentState[], status: ComponentState['status'], critical?: boolean) =>
  states.filter((one) => one.status === status && (critical === undefined || one.critical === critical))
    .length;

describe('componentsHealth: laws', () => {
  it('the code is a function of the counts', () => {
    fc.assert(
      fc.property(anyComponents, (states) => {
        const listed = count(states, 'NOT_OK') + count(states, 'UNDEFINED');
        const code =
          count(states, 'NOT_OK', true) > 0
            ? 500
            : listed === 0
              ? 204
              : count(states, 'UNDEFINED') === states.length
                ? 405
                : 200;
        expect(componentsHealth(states, 'full').status).toBe(code);
      }),
    );
  });

  it('a permutation changes nothing', () => {
    const shuffled = anyComponents.chain((states) =>
      fc.tuple(fc.constant(states), fc.shuffledSubarray(states, { minLength: states.length })),
    );
    fc.assert(
      fc.property(shuffled, ([states, other]) => {
        expect(componentsHealth(other, 'full')).toEqual(componentsHealth(states, 'full'));
      }),
    );
  });

  it('the approach changes the body, never the code', () => {
    fc.assert(
      fc.property(anyComponents, (states) => {
        const { status, body } = componentsHealth(states, 'full');
        for (const approach of [1, 2] as const) {
          expect(componentsHealth(states, 'full', approach).status).toBe(status);
          expect(componentsHealth(states, 'full', approach).body === undefined).toBe(body === undefined);
        }
      }),
    );
  });

  it('the body lists those that failed and those without a ping; there is none exactly if nothing is listed', () => {
    fc.assert(
      fc.property(anyComponents, (states) => {
        const { status, headers, body } = componentsHealth(states, 'full');
        const expected = states.filter((one) => one.status !== 'OK').map(({ name }) => name);
        expect(body === undefined).toBe(expected.length === 0);
        expect(body === undefined).toBe(status === 204);
        expect('content-type' in headers).toBe(body !== undefined);
        expect('allow' in headers).toBe(status === 405);
        const listed: { componentName: string }[] =
          body === undefined ? [] : JSON.parse(body).componentsHealth;
        expect(listed).toHaveLength(count(states, 'NOT_OK') + count(states, 'UNDEFINED'));
        expect(listed.map(({ componentName }) => componentName).sort()).toEqual([...expected].sort());
      }),
    );
  });

  it('adding a critical one that failed always gives 500', () => {
    const failed = named([{ status: 'NOT_OK', critical: true }], 100);
    fc.assert(
      fc.property(anyComponents, (states) => {
        expect(componentsHealth([...states, ...failed], 'full').status).toBe(500);
      }),
    );
  });

  it('adding a healthy one turns 405 into 200, and changes no other code', () => {
    const healthy = named([{ status: 'OK', critical: true }], 100);
    const pingless = fc.array(fc.constant<Kind>({ status: 'UNDEFINED', critical: true }), { maxLength: 9 });
    fc.assert(
      fc.property(
        fc.oneof(
          anyComponents,
          pingless.map((kinds) => named(kinds)),
        ),
        (states) => {
          const before = componentsHealth(states, 'full');
          const after = componentsHealth([...states, ...healthy], 'full');
          expect(after.status).toBe(before.status === 405 ? 200 : before.status);
          expect(after.body).toBe(before.body);
        },
      ),
    );
  });
});
