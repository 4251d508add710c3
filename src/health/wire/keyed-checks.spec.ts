import fc from 'fast-check';
import type { CheckResult } from '../health-check.js';
import { distinctKeys, keysOf } from './keyed-checks.js';

function check(id: string, name: string): CheckResult {
  const rest = { attributes: {}, reason: undefined, kinds: [], critical: true, error: undefined };
  return { id, name, state: 'UP', durationMs: 0, checkedAtMs: 0, ageMs: 0, ...rest };
}

describe('keysOf', () => {
  it.each<[string, [id: string, name: string][], string[]]>([
    [
      'keeps names that occur once',
      [
        ['A#a', 'db'],
        ['B#b', 'disk'],
      ],
      ['db', 'disk'],
    ],
    [
      'adds the identity to equal names',
      [
        ['A#a', 'db'],
        ['B#b', 'db'],
      ],
      ['db (A#a)', 'db (B#b)'],
    ],
    [
      'leaves a name alone that looks like another one with its identity',
      [
        ['A#a', 'db'],
        ['B#b', 'db'],
        ['C#c', 'db (A#a)'],
      ],
      ['db (A#a) #2', 'db (B#b)', 'db (A#a)'],
    ],
    [
      'tells names and identities apart that are alike once joined',
      [
        ['b) (c', 'a'],
        ['x', 'a'],
        ['c', 'a (b)'],
        ['y', 'a (b)'],
      ],
      ['a (b) (c)', 'a (x)', 'a (b) (c) #2', 'a (b) (y)'],
    ],
    [
      'takes members of every object for names',
      [
        ['A#a', '__proto__'],
        ['B#b', 'constructor'],
      ],
      ['__proto__', 'constructor'],
    ],
    ['has nothing to do for no checks', [], []],
  ])('%s', (_title, checks, keys) => {
    expect(keysOf(checks.map(([id, name]) => check(id, name)))).toEqual(keys);
  });

  it('gives every check a key of its own, and keeps every name that occurs once', () => {
    const part = fc.oneof(
      fc.constantFrom('a', 'b', '', 'a (1)', 'a (1) #2', '__proto__', 'constructor', 'toString', '1', '2'),
      fc.string(),
    );
    const checks = fc
      .uniqueArray(fc.tuple(part, part), { selector: ([id]) => id, maxLength: 12 })
      .map((pairs) => pairs.map(([id, name]) => check(id, name)));
    fc.assert(
      fc.property(checks, (all) => {
        const keys = keysOf(all);
        expect(new Set(keys).size).toBe(all.length);
        const written = Object.fromEntries(all.map(({ id }, index) => [keys[index], id]));
        expect(Object.keys(JSON.parse(JSON.stringify(written)))).toHaveLength(all.length);
        all.forEach(({ name }, index) => {
          if (all.filter((other) => other.name === name).length === 1) expect(keys[index]).toBe(name);
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('distinctKeys', () => {
  it('numbers what is equal in every way', () => {
    expect(distinctKeys(['a', 'a', 'a'], () => 'b')).toEqual(['b', 'b #2', 'b #3']);
  });
});
