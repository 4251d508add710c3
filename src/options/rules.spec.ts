import {
  among,
  count,
  duration,
  each,
  flag,
  interval,
  listOf,
  names,
  oneOf,
  type Rule,
  text,
} from './rules.js';

const rules = among({ timeout: interval, critical: flag, failureThreshold: count, name: text });

describe('Options', () => {
  it.each<[string, Rule, unknown, string]>([
    ['an unknown one', rules, { timout: 5 }, 'unknown option `timout`; did you mean `timeout`?'],
    [
      'one like no other',
      rules,
      { colour: 1 },
      'unknown option `colour`; there are timeout, critical, failureThreshold, name',
    ],
    [
      'one of the name of a member of every object',
      rules,
      { constructor: 1 },
      'unknown option `constructor`; there are',
    ],
    ['nothing', rules, null, 'must be an object'],
    ['a list', rules, [], 'must be an object, not a list'],
    ['a list of many', each(rules), [], 'must be an object, not a list'],
    [
      'a flag in quotes',
      rules,
      { critical: 'false' },
      'critical: must be true or false; write false without quotes',
    ],
    [
      'a count in quotes',
      rules,
      { failureThreshold: '2' },
      'failureThreshold: must be a whole number from 1 on; write 2 without quotes',
    ],
    ['a duration in quotes', rules, { timeout: '800' }, 'timeout: "800" is not a duration: it has no unit'],
    ['no time', rules, { timeout: 0 }, 'timeout: must be longer than 0'],
    ['an empty text', rules, { name: '' }, 'name: must be a text that is not empty'],
    [
      'an entry of many',
      each(rules),
      { disk: { crtical: true } },
      'disk: unknown option `crtical`; did you mean `critical`?',
    ],
    [
      'a value of a closed list',
      oneOf('full', 'names'),
      'ful',
      'must be one of full, names; did you mean `full`?',
    ],
    ['a text for a list', names, 'deep', 'must be a list of names, such as ["deep"]'],
    ['a wrong entry of a list', names, ['deep', 5], 'entry 2 must be a text that is not empty'],
    [
      'a text in a list that is none of those there are',
      listOf('kinds', oneOf('liveness')),
      ['livenes'],
      '"livenes" must be one of liveness; did you mean `liveness`?',
    ],
    ['no duration', duration, 'soon', '"soon" is not a duration'],
  ])('with %s are refused in a sentence', (_what, rule, value, message) => {
    expect(rule(value as never)).toContain(message);
  });

  it('say everything that is wrong at once, a line each', () => {
    const deep = among({ check: rules, groups: names });
    const given = { check: { timeout: 0, name: 'a', criticl: 1, nme: '' }, groups: ['a', '', 5] };
    expect(deep(given)?.split('\n')).toEqual([
      'check: unknown option `criticl`; did you mean `critical`?',
      'check: unknown option `nme`; did you mean `name`?',
      'check: timeout: must be longer than 0',
      'groups: entry 2 must be a text that is not empty',
      'groups: entry 3 must be a text that is not empty',
    ]);
    expect(each(rules)({ a: { name: '' }, b: { name: '' } })?.split('\n')).toHaveLength(2);
  });

  it.each<[Rule, unknown]>([
    [rules, { timeout: '1s', critical: false, failureThreshold: 2, name: undefined }],
    [each(rules), { disk: {} }],
    [each(rules), { disk: undefined }],
    [oneOf('full'), 'full'],
    [names, ['a']],
    [duration, 0],
  ])('that keep their rules are accepted', (rule, value) => {
    expect(rule(value as never)).toBeUndefined();
  });
});
