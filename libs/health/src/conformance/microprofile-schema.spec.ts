import { breachesOfSchema } from './microprofile-schema.js';

const check = { name: 'a', status: 'UP' };

describe('The schema of MicroProfile Health', () => {
  it.each<[string, unknown]>([
    ['no checks', { status: 'UP', checks: [] }],
    ['checks of one name', { status: 'DOWN', checks: [check, { ...check, status: 'DOWN' }] }],
    ['plain data', { status: 'UP', checks: [{ ...check, data: { s: 'x', n: 0.5, b: false, '': '' } }] }],
    ['empty data', { status: 'UP', checks: [{ ...check, data: {} }] }],
    [
      'further members of a check',
      { status: 'UP', checks: [{ ...check, kinds: ['liveness'], x: { y: null } }] },
    ],
  ])('allows %s', (_what, answer) => {
    expect(breachesOfSchema(answer)).toEqual([]);
  });

  it.each<[unknown, string[]]>([
    [null, ['the answer is not an object']],
    [[], ['the answer is not an object']],
    ['UP', ['the answer is not an object']],
    [{}, ['"status" is neither "UP" nor "DOWN"', '"checks" is not an array']],
    [{ status: 'up', checks: [] }, ['"status" is neither "UP" nor "DOWN"']],
    [{ status: 'UP', checks: {} }, ['"checks" is not an array']],
    [{ status: 'UP', checks: [], outcome: 'UP' }, ['the root has the further member "outcome"']],
    [{ status: 'UP', checks: [null] }, ['checks[0] is not an object']],
    [
      { status: 'UP', checks: [check, {}] },
      ['checks[1].name is not a string', 'checks[1].status is neither "UP" nor "DOWN"'],
    ],
    [{ status: 'UP', checks: [{ ...check, data: null }] }, ['checks[0].data is not an object']],
    [{ status: 'UP', checks: [{ ...check, data: [1] }] }, ['checks[0].data is not an object']],
    [
      { status: 'UP', checks: [{ ...check, data: { a: null, b: {}, c: 1 } }] },
      ['checks[0].data["a"] is not a plain value', 'checks[0].data["b"] is not a plain value'],
    ],
  ])('forbids %j, and says where', (answer, breaches) => {
    expect(breachesOfSchema(answer)).toEqual(breaches);
  });
});
