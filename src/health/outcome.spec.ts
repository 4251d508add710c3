import fc from 'fast-check';
import { readFailure, readOutcome } from './outcome.js';
import { HealthStatus } from './status.js';

const EPOCH = new globalThis.Date(0);

/** A status of another installed copy of this package: same shape, another class. */
class OtherStatus {
  readonly name = 'other';
  readonly reason = 'gone';
  readonly attributes = { free: 1 };
  constructor(readonly state: string) {}
  withAttribute(): this {
    return this;
  }
}

describe('readOutcome', () => {
  it.each<[string, unknown, object]>([
    ['nothing', undefined, { state: 'UP', reason: undefined }],
    ['true', true, { state: 'UP', reason: undefined }],
    ['false', false, { state: 'DOWN', reason: 'the check returned false' }],
    ['up', HealthStatus.up(), { state: 'UP', name: undefined }],
    ['degraded', HealthStatus.degraded('slow'), { state: 'DEGRADED', reason: 'slow' }],
    ['down', HealthStatus.named('n').down('gone'), { state: 'DOWN', name: 'n', reason: 'gone' }],
    ['attributes', HealthStatus.up().withAttribute('a', 1), { state: 'UP', attributes: { a: 1 } }],
    [
      'a foreign status',
      new OtherStatus('DEGRADED'),
      { state: 'DEGRADED', name: 'other', attributes: { free: 1 } },
    ],
  ])('understands %s', (_what, value, outcome) => {
    expect(readOutcome(value)).toMatchObject(outcome);
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'null'],
    ['a number', 0, 'the number 0'],
    ['NaN', Number.NaN, 'the number NaN'],
    ['a bigint', 1n, 'the number 1'],
    ['text', 'UP', '"UP"'],
    ['empty text', '', '""'],
    ['a long text', 'x'.repeat(500), `"${'x'.repeat(80)}"`],
    ['a function', () => true, 'a function'],
    ['a symbol', Symbol('up'), 'a symbol'],
    ['an empty object', {}, 'an object'],
    ['an object without a prototype', Object.create(null), 'an object'],
    ['an empty list', [], 'an object'],
    ['a list of indicators', [{ status: 'up' }], 'an object'],
    ['a status word', { status: 'up' }, 'an object'],
    ['a map', new Map(), 'an object'],
    ['an error that was returned', new Error('x'), 'an object'],
    ['an indicator and something else', { db: { status: 'up' }, n: 1 }, 'an object'],
    ['a status of an unknown state', new OtherStatus('FINE'), 'an object'],
    ['something that only has a state', { state: 'UP' }, 'an object'],
  ])('takes %s for DOWN, and says so', (_what, value, described) => {
    expect(readOutcome(value)).toEqual({
      name: undefined,
      key: undefined,
      state: 'DOWN',
      attributes: {},
      reason: `the check returned ${described}, which is not a health status; return a HealthStatus, a boolean, nothing, or what an indicator of terminus returns`,
    });
  });

  it('never takes what it does not know for healthy', () => {
    const known = (value: unknown) => value === undefined || value === true;
    fc.assert(
      fc.property(
        fc.anything().filter((value) => !known(value)),
        (value) => {
          expect(readOutcome(value).state).toBe('DOWN');
        },
      ),
    );
  });
});

describe('readOutcome of a status from code without types', () => {
  it('makes text of its reason, and what wires can carry of its attributes', () => {
    const odd = { reason: new Error('refused'), attributes: { n: 1n, at: EPOCH, nothing: null } };
    expect(readOutcome(Object.assign(HealthStatus.down(), odd))).toEqual({
      name: undefined,
      key: undefined,
      state: 'DOWN',
      reason: 'refused',
      attributes: { n: 1, at: '1970-01-01T00:00:00.000Z' },
    });
    expect(readOutcome(Object.assign(HealthStatus.up(), { reason: null }))).toMatchObject({
      reason: undefined,
    });
  });

  it.each(['', ' ', 7])('refuses the name %j', (name) => {
    expect(() => readOutcome(Object.assign(HealthStatus.up(), { name }))).toThrow(
      'the name must be a string that is not empty',
    );
  });
});

describe('readOutcome of a terminus indicator result', () => {
  it.each<[string, unknown, object]>([
    [
      'up',
      { db: { status: 'up' } },
      { name: undefined, key: 'db', state: 'UP', attributes: {}, reason: undefined },
    ],
    [
      'up with a message',
      { db: { status: 'up', message: 'fine' } },
      { state: 'UP', reason: undefined, attributes: { message: 'fine' } },
    ],
    ['down', { db: { status: 'down' } }, { key: 'db', state: 'DOWN', reason: 'db is down' }],
    [
      'down with a message',
      { db: { status: 'down', message: 'refused' } },
      { state: 'DOWN', reason: 'refused' },
    ],
    [
      'details',
      { db: { status: 'up', free: 5, pool: { idle: 1 } } },
      { attributes: { free: 5, pool: '{"idle":1}' } },
    ],
    [
      'an unknown status',
      { db: { status: 'sick' } },
      { state: 'DOWN', reason: 'db reports the unknown status "sick"' },
    ],
    ['a status in capitals', { db: { status: 'UP' } }, { state: 'DOWN' }],
    [
      'no status value',
      { db: { status: undefined } },
      { state: 'DOWN', reason: 'db reports the unknown status undefined' },
    ],
    [
      'details of every type, without null and undefined',
      { db: { status: 'up', at: EPOCH, cause: new Error('x'), n: 2n ** 60n, gone: null } },
      { attributes: { at: '1970-01-01T00:00:00.000Z', cause: 'x', n: '1152921504606846976' } },
    ],
    [
      'a detail called __proto__',
      { db: JSON.parse('{"status":"up","__proto__":"p"}') },
      { attributes: JSON.parse('{"__proto__":"p"}') },
    ],
    ['an empty key, which is no name', { '': { status: 'up' } }, { key: undefined, state: 'UP' }],
    [
      'several',
      { a: { status: 'up', n: 1 }, b: { status: 'down', n: 2 }, c: { status: 'down' } },
      { key: 'a', state: 'DOWN', reason: 'b is down; c is down', attributes: { 'a.n': 1, 'b.n': 2 } },
    ],
    ['a secret', { db: { status: 'down', message: 'redis://u:p@host' } }, { reason: 'redis://***@host' }],
  ])('understands %s', (_what, value, outcome) => {
    expect(readOutcome(value)).toMatchObject(outcome);
  });
});

describe('readFailure', () => {
  it.each<[string, unknown, string]>([
    ['an error', new Error('refused'), 'refused'],
    ['an error without a message', new TypeError(), 'TypeError'],
    ['a secret', new Error('redis://user:pass@host refused'), 'redis://***@host refused'],
    [
      'an error with a cause',
      new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') }),
      'fetch failed: connect ECONNREFUSED 127.0.0.1:1',
    ],
    ['null', null, 'it failed with null'],
    ['nothing', undefined, 'it failed with undefined'],
    ['text', 'refused', 'refused'],
    ['an object', { code: 7 }, 'code 7'],
  ])('takes %s that was thrown for DOWN', (_what, error, reason) => {
    expect(readFailure(error)).toEqual({
      name: undefined,
      key: undefined,
      state: 'DOWN',
      attributes: {},
      reason,
    });
  });

  it('reads the result that the errors of terminus up to version 10 carry', () => {
    const causes = { db: { status: 'down', message: 'refused', pool: 3 } };
    const attributes = { message: 'refused', pool: 3 };
    const error = Object.assign(new Error('Health Check failed'), { causes });
    expect(readFailure(error)).toEqual({
      name: undefined,
      key: 'db',
      state: 'DOWN',
      reason: 'refused',
      attributes,
    });
  });

  it('is DOWN with a reason although the result that was thrown says up', () => {
    const error = Object.assign(new Error('Health Check failed'), { causes: { db: { status: 'up' } } });
    expect(readFailure(error)).toMatchObject({ key: 'db', state: 'DOWN', reason: 'Health Check failed' });
  });
});
