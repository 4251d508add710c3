import type { BodyCondition } from '@vitals/core/probe';
import { httpTarget } from '../../../../test/outbound/outbound-fixture.js';
import { judgeAnswer } from './http-verdict.js';
import { memberAt } from './json-pointer.js';

const judged = (body: string, expectedBody: BodyCondition, isCut = false) =>
  judgeAnswer(
    { statusCode: 200, body: Buffer.from(body), isCut },
    httpTarget('http://a.test/', { expectedBody }),
  );

const json = (pointer: string, value: string | number | boolean | null): BodyCondition => ({
  kind: 'json',
  pointer,
  value,
});

describe('the condition on a body', () => {
  it.each<[string, string, BodyCondition]>([
    ['text', 'all is UP', { kind: 'contains', text: 'UP' }],
    ['text that is not there', 'all is UP', { kind: 'lacks', text: 'DOWN' }],
    ['a member', '{"status":"UP"}', json('/status', 'UP')],
    ['a nested member', '{"a":[{"b/c":{"~":0}}]}', json('/a/0/b~1c/~0', 0)],
    ['null', '{"a":null}', json('/a', null)],
    ['the document', 'true', json('', true)],
  ])('is met by %s', (_what, body, condition) => {
    expect(judged(body, condition)).toEqual({ outcome: 'success', message: 'answered 200' });
  });

  it.each<[string, BodyCondition, string]>([
    ['all is DOWN', { kind: 'contains', text: 'UP' }, 'the body lacks the expected text'],
    ['all is DOWN', { kind: 'lacks', text: 'DOWN' }, 'the body has the text that it must not have'],
    ['not json', json('/a', 1), 'the body is no JSON'],
    ['{"a":1}', json('/b', 1), 'the body has no member "/b"'],
    ['{"a":1}', json('/a', '1'), '"/a" of the body is 1, expected "1"'],
    ['{"a":{}}', json('/a', null), '"/a" of the body is {}, expected null'],
    ['{}', json('/constructor', null), 'the body has no member "/constructor"'],
  ])('is not met by %s (%j)', (body, condition, reason) => {
    expect(judged(body, condition)).toEqual({ outcome: 'failure', message: `answered 200, but ${reason}` });
  });

  it('does not matter where the code is wrong', () => {
    const target = httpTarget('http://a.test/', { expectedBody: { kind: 'contains', text: 'x' } });
    const { message } = judgeAnswer({ statusCode: 500, body: Buffer.from('x'), isCut: false }, target);
    expect(message).toBe('answered 500, expected 200');
  });
});

describe('memberAt', () => {
  const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'm~n': 8, 'k"l': 6, ' ': 7 };

  // the examples of RFC 6901 section 5
  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/m~0n', 8],
    ['/k"l', 6],
    ['/ ', 7],
    ['foo', undefined],
    ['/foo/2', undefined],
    ['/foo/00', undefined],
    ['/foo/length', undefined],
    ['/foo/0/0', undefined],
    ['/__proto__', undefined],
  ])('%j', (pointer, member) => expect(memberAt(document, pointer)).toEqual(member));
});
