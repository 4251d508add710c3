import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { toAttribute, toAttributes } from './attribute.js';

const EPOCH = new globalThis.Date(0);

/** A date of another form in JSON. */
function withJson(date: globalThis.Date, json: unknown): globalThis.Date {
  return Object.assign(new globalThis.Date(date), { toJSON: () => json });
}

const circular: Record<string, unknown> = { name: 'c' };
circular['self'] = { inner: circular };

const trap = (): never => {
  throw new Error('boom', { cause: new Error('deeper') });
};

class Money {
  constructor(readonly cents: number) {}
  toJSON(): object {
    return { cents: this.cents };
  }
}

class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
}

class Version {
  toString(): string {
    return 'v1.2';
  }
}

const own = { b: 2, toJSON: (): unknown => own };
const shared = { x: 1 };
const unreadable = '[cannot be read: boom: deeper]';

describe('toAttribute', () => {
  it.each<[string, unknown, unknown]>([
    ['text', 'x', 'x'],
    ['empty text', '', ''],
    ['a boolean', false, false],
    ['a number', 1.5, 1.5],
    ['minus zero as zero', -0, 0],
    ['NaN as text', Number.NaN, 'NaN'],
    ['infinity as text', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['a small bigint as a number', 12n, 12],
    ['the largest exact bigint as a number', 9_007_199_254_740_991n, 9_007_199_254_740_991],
    ['a bigint beyond that as text', 9_007_199_254_740_993n, '9007199254740993'],
    ['null as nothing', null, undefined],
    ['undefined as nothing', undefined, undefined],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a function by its name', trap, '[function trap]'],
    ['a date', EPOCH, '1970-01-01T00:00:00.000Z'],
    ['a date that is none', new globalThis.Date(Number.NaN), 'Invalid Date'],
    ['a URL', new URL('http://a.example/p?q=1'), 'http://a.example/p?q=1'],
    ['URL parameters', new URLSearchParams({ a: '1', b: '2' }), 'a=1&b=2'],
    ['a regular expression', /a+/i, '/a+/i'],
    ['an error', new TypeError('refused'), 'refused'],
    ['an error with a cause', new Error('failed', { cause: new Error('refused') }), 'failed: refused'],
    [
      'a map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{ k: 1 }, new Set([1])],
      ]),
      '{"a":1,"{\\"k\\":1}":[1]}',
    ],
    ['a set', new Set(['a', 1, undefined]), '["a",1,null]'],
    ['a buffer', Buffer.from([0, 1, 255]), '0001ff'],
    ['a part of a buffer', new Uint8Array([1, 2, 3]).subarray(1), '0203'],
    ['an array buffer', new Uint8Array([10]).buffer, '0a'],
    ['a view of data', new DataView(new Uint8Array([9, 8]).buffer, 1), '08'],
    ['a long buffer, cut', Buffer.alloc(65, 1), `${'01'.repeat(64)}… (65 bytes)`],
    ['a typed array', new Float64Array([1.5, Number.NaN]), '[1.5,"NaN"]'],
    ['large integers', new BigInt64Array([1n, -(2n ** 60n)]), '[1,"-1152921504606846976"]'],
    ['a boxed number', Object(7), 7],
    ['a boxed text', Object('x'), 'x'],
    ['a list', [1, 'b', null, undefined, true], '[1,"b",null,null,true]'],
    ['an object', { a: [1, 'b'], u: undefined, n: null, f: trap }, '{"a":[1,"b"],"n":null}'],
    ['an object without a prototype', Object.create(null), '{}'],
    ['an instance', new Point(1, 2), '{"x":1,"y":2}'],
    ['an instance with a text of its own', new Version(), 'v1.2'],
    ['what has toJSON', new Money(5), '{"cents":5}'],
    ['text that toJSON gives, without quotes', { toJSON: () => 'x' }, 'x'],
    ['a date that toJSON gives', { toJSON: () => EPOCH }, '1970-01-01T00:00:00.000Z'],
    ['nothing, if toJSON gives nothing', { toJSON: () => undefined }, undefined],
    ['an object whose toJSON gives itself', own, '{"b":2}'],
    ['a promise that was not awaited', Promise.resolve(1), '[object Promise]'],
    [
      'dates and the like within an object',
      { at: EPOCH, n: 1n, e: new Error('x') },
      '{"at":"1970-01-01T00:00:00.000Z","n":1,"e":"x"}',
    ],
    ['a key __proto__', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
    ['a circular object', circular, '{"name":"c","self":{"inner":"[circular]"}}'],
    ['an object that is there twice', { a: shared, b: shared }, '{"a":{"x":1},"b":{"x":1}}'],
    ['a toJSON that throws', { toJSON: trap }, unreadable],
    [
      'a toString that throws',
      new (class T {
        toString = trap;
      })(),
      unreadable,
    ],
    [
      'a getter that throws, beside the others',
      {
        get bad() {
          return trap();
        },
        good: 1,
      },
      `{"bad":"${unreadable}","good":1}`,
    ],
    ['what cannot be read at all', new Proxy({}, { get: trap }), unreadable],
    [
      'a secret within an object',
      { password: ['s3cret'], url: 'redis://u:s3cret@h' },
      '{"password":"***","url":"redis://***@h"}',
    ],
    [
      'a date whose toJSON gives a circle',
      withJson(EPOCH, circular),
      '{"name":"c","self":{"inner":"[circular]"}}',
    ],
    ['a date whose toJSON gives a number', withJson(EPOCH, 1n), 1],
    [
      'a secret within pairs',
      [
        ['password', 's3cret'],
        ['user', 'me'],
      ],
      '[["password","***"],["user","me"]]',
    ],
    ['a secret within a set of pairs', new Set([['api key', { a: 1 }]]), '[["api key","***"]]'],
    ['a list of two names', { fields: ['token', 'user'] }, '{"fields":["token","user"]}'],
    [
      'a secret beside its name',
      [{ name: 'password', value: 's3cret' }],
      '[{"name":"password","value":"***"}]',
    ],
    [
      'a secret beside its key',
      { name: 'x', key: 'token', value: ['s3cret'] },
      '{"name":"x","key":"token","value":"***"}',
    ],
    ['a value beside its name', { name: 'user', value: 'me' }, '{"name":"user","value":"me"}'],
    ['a secret within a map', new Map([['token', 's3cret']]), '{"token":"***"}'],
  ])('carries %s', (_what, value, attribute) => {
    expect(toAttribute(value)).toBe(attribute);
  });

  it.each([
    ['a date', 'new Date(0)', '1970-01-01T00:00:00.000Z'],
    ['an error', 'new Error("x")', 'x'],
    ['a map', 'new Map([["a", 1]])', '{"a":1}'],
    ['an object', '({ a: 1 })', '{"a":1}'],
    ['a list', '[1, 2]', '[1,2]'],
    ['bytes', 'new Uint8Array([1])', '01'],
  ])('reads %s of another realm', (_what, code, attribute) => {
    expect(toAttribute(runInNewContext(code))).toBe(attribute);
  });

  it.each<[string, () => unknown]>([
    ['members', () => Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`k${at}`, at]))],
    ['items', () => new Set(Array.from({ length: 100_000 }, (_, at) => at))],
    ['text', () => Array.from({ length: 1_000 }, () => 'x'.repeat(5_000))],
    ['members without a value', () => new Map(Array.from({ length: 100_000 }, (_, at) => [at, undefined]))],
    ['methods', () => new Map(Array.from({ length: 100_000 }, (_, at) => [at, trap]))],
    [
      'levels',
      () => {
        let deep: unknown = 1;
        for (let at = 0; at < 50_000; at++) deep = { deep };
        return deep;
      },
    ],
    [
      'objects without an end',
      () => {
        const make = (): object => ({ toJSON: make });
        return make();
      },
    ],
  ])('reads only so many %s', (_what, make) => {
    const read = toAttribute(make()) as string;
    expect(read.length).toBeLessThan(20_000);
    expect(read).toContain('…');
  });

  it('gives text, a finite number, a boolean or nothing, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withObjectString: true,
          withBoxedValues: true,
          withSparseArray: true,
        }),
        (value) => {
          const read = toAttribute(value);
          expect(['string', 'number', 'boolean', 'undefined']).toContain(typeof read);
          if (typeof read === 'number') expect(JSON.parse(JSON.stringify(read))).toBe(read);
        },
      ),
    );
  });
});

describe('toAttributes', () => {
  it('keeps keys as they are, in their order, and leaves null and undefined out', () => {
    const read = toAttributes([
      ['b', 1],
      ['__proto__', 'p'],
      ['n', null],
      ['u', undefined],
      ['a', 2],
    ]);
    expect(Object.entries(read)).toEqual([
      ['b', 1],
      ['__proto__', 'p'],
      ['a', 2],
    ]);
  });
});
