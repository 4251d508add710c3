import { failureReason } from './failure-reason.js';

const circle = new Error('outer');
circle.cause = circle;

describe('the reason of a failure', () => {
  it.each([
    ['its message', new Error('no'), 'no'],
    ['its innermost cause', new TypeError('fetch failed', { cause: new Error('refused') }), 'refused'],
    ['its place in brackets', new Error('connect ECONNREFUSED ::1:80'), 'connect ECONNREFUSED [::1]:80'],
    ['its code where it has no message', Object.assign(new Error(''), { code: 'ETIMEDOUT' }), 'ETIMEDOUT'],
    ['its name where it has neither', new RangeError(''), 'RangeError'],
    [
      'each different one of several',
      new AggregateError([new Error('a'), new Error('b'), new Error('a')], 'all failed'),
      'a; b',
    ],
    ['the first three of many', new AggregateError(['a', 'b', 'c', 'd']), 'a; b; c'],
    ['its message when several are none', new AggregateError([], 'all failed'), 'all failed'],
    ['what was thrown that is no error', 'text', 'text'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['nothing', {}, 'it failed without saying why'],
    ['a cause that is text', new Error('outer', { cause: 'text' }), 'outer'],
    ['a cause that is its own', circle, 'outer'],
  ])('is %s', (_what, error, reason) => {
    expect(failureReason(error)).toBe(reason);
  });
});
