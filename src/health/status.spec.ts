import { HealthStatus, toAttribute } from './status.js';

describe('HealthStatus', () => {
  it('reads as MicroProfile proposes it', () => {
    expect(HealthStatus.named('diskspace').up().withAttribute('freebytes', 5)).toMatchObject({
      name: 'diskspace',
      state: 'UP',
      reason: undefined,
      attributes: { freebytes: 5 },
    });
  });

  it.each([
    ['up', HealthStatus.up(), HealthStatus.named('n').up(), 'UP', undefined],
    ['degraded', HealthStatus.degraded('slow'), HealthStatus.named('n').degraded('slow'), 'DEGRADED', 'slow'],
    ['down', HealthStatus.down('gone'), HealthStatus.named('n').down('gone'), 'DOWN', 'gone'],
  ])('says %s with and without a name', (_word, bare, named, state, reason) => {
    expect(bare).toMatchObject({ name: undefined, state, reason });
    expect(named).toMatchObject({ name: 'n', state, reason });
  });

  it('is UP under its name until told otherwise', () => {
    expect(HealthStatus.named('n')).toMatchObject({ name: 'n', state: 'UP' });
  });

  it('keeps name and attributes when the state changes, and forgets the reason when it is up again', () => {
    const down = HealthStatus.named('n').withAttribute('a', 1).down('gone');
    expect(down.up()).toMatchObject({ name: 'n', state: 'UP', reason: undefined, attributes: { a: 1 } });
    expect(down.degraded()).toMatchObject({ name: 'n', state: 'DEGRADED', attributes: { a: 1 } });
  });

  it('never changes: every step is a new status', () => {
    const first = HealthStatus.named('n');
    const second = first.withAttribute('a', 1);
    second.withAttribute('a', 2).down();
    expect(first).toMatchObject({ state: 'UP', attributes: {} });
    expect(second).toMatchObject({ state: 'UP', attributes: { a: 1 } });
  });

  it('keeps attributes in the order in which they were added, the last value of a key', () => {
    const { attributes } = HealthStatus.up()
      .withAttribute('b', 1)
      .withAttribute('a', 2)
      .withAttribute('b', 3);
    expect(Object.entries(attributes)).toEqual([
      ['b', 3],
      ['a', 2],
    ]);
  });
});

describe('toAttribute', () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;

  it.each<[string, unknown, unknown]>([
    ['text', 'x', 'x'],
    ['a number', 1.5, 1.5],
    ['a boolean', false, false],
    ['NaN', Number.NaN, 'NaN'],
    ['infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['a bigint', 12n, '12'],
    ['null', null, 'null'],
    ['nothing', undefined, 'undefined'],
    ['an object', { a: [1, 'b'] }, '{"a":[1,"b"]}'],
    ['an object with a JSON form', { toJSON: () => 'x' }, '"x"'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['an object without a prototype', Object.create(null), '{}'],
    ['a circular object', circular, '[object Object]'],
    ['an object that JSON cannot carry', { big: 1n }, '[object Object]'],
    ['an object whose toJSON gives nothing', { toJSON: () => undefined }, '[object Object]'],
  ])('carries %s', (_what, value, attribute) => {
    expect(toAttribute(value)).toBe(attribute);
  });
});
