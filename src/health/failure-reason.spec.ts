import fc from 'fast-check';
import { SystemClock } from '../time/clock.js';
import { failureReason } from './failure-reason.js';

function errno(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

/** What Node throws when no address of a host could be connected to. */
function noAddress(): AggregateError {
  const refused = ['connect ECONNREFUSED ::1:1', 'connect ECONNREFUSED 127.0.0.1:1'];
  const errors = refused.map((message) => errno(message, 'ECONNREFUSED'));
  return Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' });
}

function withCause(message: string, cause: string): Error {
  return new Error(message, { cause: new Error(cause) });
}

function chain(length: number): Error {
  let error = new Error('cause 0');
  for (let at = 1; at < length; at++) error = new Error(`cause ${at}`, { cause: error });
  return error;
}

function circle(): Error {
  const outer = new Error('outer');
  outer.cause = new Error('inner', { cause: outer });
  return outer;
}

const self = new Error('outer');
self.cause = self;

const trap = (): never => {
  throw new Error('trap');
};

const thrower = Object.defineProperties(new Error('outer'), { cause: { get: trap }, errors: { get: trap } });

describe('failureReason of an error with causes', () => {
  it.each<[string, unknown, string]>([
    [
      'one cause',
      new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') }),
      'fetch failed: connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'a chain, of which the deepest is told',
      new Error('a', { cause: new Error('b', { cause: new Error('c') }) }),
      'a: c',
    ],
    ['a chain without end', chain(10_000), 'cause 9999: cause 9983'],
    ['a circle', circle(), 'outer: inner'],
    ['itself as its cause', self, 'outer'],
    ['text as its cause', new Error('outer', { cause: 'inner' }), 'outer: inner'],
    ['a number as its cause', new Error('outer', { cause: 7 }), 'outer: 7'],
    ['an object with a message as its cause', new Error('outer', { cause: { message: 'm' } }), 'outer: m'],
    ['an object with a code as its cause', new Error('outer', { cause: { code: 'E1' } }), 'outer: E1'],
    ['an object with a number for a code', new Error('outer', { cause: { code: 14 } }), 'outer: code 14'],
    ['an object that says nothing', new Error('outer', { cause: {} }), 'outer'],
    [
      'a cause whose own cause says nothing',
      new Error('outer', { cause: new Error('middle', { cause: {} }) }),
      'outer: middle',
    ],
    ['null as its cause', new Error('outer', { cause: null }), 'outer'],
    ['a function as its cause', new Error('outer', { cause: trap }), 'outer'],
    ['getters that throw', thrower, 'outer'],
    [
      'every address of a host refused',
      noAddress(),
      'connect ECONNREFUSED [::1]:1; connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'every address refused below another error',
      new TypeError('fetch failed', { cause: noAddress() }),
      'fetch failed: connect ECONNREFUSED [::1]:1; connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'several equal ones',
      new AggregateError([new Error('a'), new Error('b'), new Error('a')], 'all failed'),
      'all failed: a; b',
    ],
    ['more than three', new AggregateError(['a', 'b', 'c', 'd', 'e']), 'a; b; c; and 2 more'],
    ['an empty list of errors', new AggregateError([], 'all failed'), 'all failed'],
    ['a message that is empty', new TypeError('', { cause: new Error('inner') }), 'inner'],
  ])('with %s', (_what, error, reason) => {
    expect(failureReason(error)).toBe(reason);
  });

  it.each<[string, string, string, string]>([
    ['contains the cause', 'query failed: refused', 'refused', 'query failed: refused'],
    ['is contained in the cause', 'refused', 'the server refused', 'the server refused'],
    ['ends with a full stop', 'No answer.', 'refused', 'No answer: refused'],
    ['ends with a colon', 'no answer:', 'refused', 'no answer: refused'],
  ])('repeats nothing where the message %s', (_what, message, cause, reason) => {
    expect(failureReason(new Error(message, { cause: new Error(cause) }))).toBe(reason);
  });
});

describe('failureReason of what was thrown', () => {
  it.each<[string, unknown, string]>([
    ['an error', new Error('refused'), 'refused'],
    ['an error without a message', new RangeError(), 'RangeError'],
    ['an error with a code only', errno('', 'ETIMEDOUT'), 'ETIMEDOUT'],
    ['an error whose message is no text', Object.assign(new Error(), { message: { code: 7 } }), 'Error'],
    ['text', 'refused', 'refused'],
    ['a number', 7, '7'],
    ['null', null, 'it failed with null'],
    ['undefined', undefined, 'it failed with undefined'],
    ['empty text', ' ', 'it failed without a message'],
    ['an empty object', {}, 'it failed without a message'],
    ['an object with a code', { code: 7 }, 'code 7'],
    ['a function', trap, 'it failed without a message'],
    ['an IPv6 address', errno('connect ECONNREFUSED ::1:80', 'x'), 'connect ECONNREFUSED [::1]:80'],
    ['what cannot be read', new Proxy({}, { get: trap }), 'it failed without a message'],
    ['a list that cannot be read', { message: 'm', errors: new Proxy([], { get: trap }) }, 'm'],
  ])('names %s', (_what, thrown, reason) => {
    expect(failureReason(thrown)).toBe(reason);
  });
});

describe('failureReason and secrets', () => {
  it.each<[string, unknown]>([
    ['the message', new Error('redis://user:s3cret@host')],
    ['a cause', new Error('failed', { cause: new Error('redis://user:s3cret@host') })],
    ['one of several', new AggregateError([new Error('ok'), new Error('password=s3cret')])],
    ['the place where message and cause meet', new Error('wrong password', { cause: 's3cret' })],
    ['a message that ends before its value', new Error('password=', { cause: 's3cret' })],
    ['a text that is cut', new Error(`${'x'.repeat(985)} token=s3cret-s3cret-s3cret`, { cause: 'c' })],
  ])('redacts %s', (_where, error) => {
    expect(failureReason(error)).not.toContain('s3cret');
  });

  it.each<[string, unknown, string]>([
    [
      'a cause that the message contains',
      withCause('login with password: hunter2 was rejected', 'hunter2 was rejected'),
      'login with password: *** was rejected',
    ],
    ['a cause that is the secret of the message', withCause('secret: hunter2', 'hunter2'), 'secret: ***'],
    [
      'a cause with other words around the secret of the message',
      withCause('bad password=hunter2 given', 'user hunter2x?'),
      'bad password=*** given: user ***x?',
    ],
    [
      'a message with the secret of its cause',
      withCause('hunter2 failed', 'password=hunter2'),
      '*** failed: password=***',
    ],
    [
      'the password of a URL alone',
      withCause('postgres://app:hunter2@db', 'tried hunter2'),
      'postgres://***@db: tried ***',
    ],
    [
      'a URL whose second half is the cause',
      withCause('postgres://app:', 'hunter2@db refused'),
      'postgres://***: ***@db refused',
    ],
    [
      'a header whose second half is the cause',
      withCause('Authorization: Bearer', 'abcdef.123456'),
      'Authorization: Bearer ***',
    ],
    ['a scheme whose second half is the cause', withCause('sent Basic', 'dXNlcjpwYXNz'), 'sent Basic ***'],
    [
      'a quoted text whose second half is the cause',
      withCause('password="abc', 'def ghi" refused'),
      'password=***: *** refused',
    ],
    ['a cause that completes another one', new AggregateError(['password=', 'hunter2']), 'password=; ***'],
    ['a name in two words', new Error('bad api key=hunter2'), 'bad api key=***'],
  ])('redacts %s', (_where, error, reason) => {
    expect(failureReason(error)).toBe(reason);
  });

  it('redacts a secret wherever message and cause are divided', () => {
    const texts = [
      'redis://user:s3cret-s3cret@host',
      'Authorization: Bearer s3cret-s3cret',
      '{"password": "s3 s3cret-s3cret"}',
      'password=s3cret-s3cret',
    ];
    const divided = fc
      .constantFrom(...texts)
      .chain((text) => fc.tuple(fc.constant(text), fc.nat(text.length)));
    fc.assert(
      fc.property(divided, ([text, at]) => {
        expect(failureReason(withCause(text.slice(0, at), text.slice(at)))).not.toMatch(
          /s3cret-|-s3cret|s3cret$/,
        );
      }),
    );
  });

  it('takes little time for many large causes', () => {
    const clock = new SystemClock();
    const causes = Array.from({ length: 100 }, (_, at) => new Error(`${at}${'a://'.repeat(20_000)}@`));
    const startedMs = clock.monotonicMs();
    expect(failureReason(new AggregateError(causes))).toMatch(/; and 97 more$/);
    expect(clock.monotonicMs() - startedMs).toBeLessThan(500);
  });

  it('cuts long messages, and tells the cause all the same', () => {
    const reason = failureReason(new Error('x'.repeat(100_000), { cause: new Error('refused') }));
    expect(reason).toBe(`${'x'.repeat(1_000)}…: refused`);
    const several = Array.from({ length: 5_000 }, (_, at) => new Error(`${at} ${'y'.repeat(5_000)}`));
    expect(failureReason(new AggregateError(several, 'z'.repeat(5_000))).length).toBeLessThan(2_002);
  });
});

describe('failureReason', () => {
  it('is a text that is not empty, for whatever is thrown', () => {
    const errors = fc.letrec((tie) => ({
      thrown: fc.oneof({ depthSize: 'small' }, fc.anything(), tie('error')),
      error: fc
        .tuple(fc.string(), tie('thrown'), fc.option(fc.array(tie('thrown'), { maxLength: 4 })))
        .map(([message, cause, several]) =>
          several ? new AggregateError(several, message, { cause }) : new Error(message, { cause }),
        ),
    }));
    fc.assert(
      fc.property(errors.thrown, (thrown) => {
        const reason = failureReason(thrown);
        expect(typeof reason).toBe('string');
        expect(reason.trim()).not.toBe('');
      }),
    );
  });
});
