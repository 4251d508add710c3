import { HealthStatus } from './status.js';

const EPOCH = new globalThis.Date(0);

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

  it('is DOWN under its name, with a reason that says so, until it is given a state', () => {
    const reason = 'HealthStatus.named("n") has no state: call up(), degraded() or down() on it';
    const started = HealthStatus.named('n');
    expect(started).toMatchObject({ name: 'n', state: 'DOWN', reason });
    expect(started.withAttribute('a', 1)).toMatchObject({ state: 'DOWN', reason, attributes: { a: 1 } });
    expect(started.up()).toMatchObject({ state: 'UP', reason: undefined });
    expect(started.down()).toMatchObject({ state: 'DOWN', reason: undefined });
  });

  it.each<[unknown, string]>([
    ['', '""'],
    ['  ', '"  "'],
    [undefined, 'undefined'],
    [7, '7'],
  ])('refuses the name %j', (name, given) => {
    expect(() => HealthStatus.named(name as string)).toThrow(
      `HealthStatus.named(${given}): the name must be a string that is not empty`,
    );
  });

  it.each<[string, unknown, string | undefined]>([
    ['text', 'gone', 'gone'],
    ['an error, with its cause', new Error('failed', { cause: new Error('refused') }), 'failed: refused'],
    ['a number', 7, '7'],
    ['null as none', null, undefined],
  ])('takes %s for a reason', (_what, given, reason) => {
    expect(HealthStatus.down(given).reason).toBe(reason);
    expect(HealthStatus.named('n').down(given).reason).toBe(reason);
    expect(HealthStatus.degraded(given).reason).toBe(reason);
    expect(HealthStatus.named('n').degraded(given).reason).toBe(reason);
  });

  it('carries values of every type as one would read them, and leaves null and undefined out', () => {
    const status = HealthStatus.up()
      .withAttribute('at', EPOCH)
      .withAttribute('nothing', null)
      .withAttribute('missing', undefined)
      .withAttribute('__proto__', 'p');
    expect(Object.entries(status.attributes)).toEqual([
      ['at', '1970-01-01T00:00:00.000Z'],
      ['__proto__', 'p'],
    ]);
  });

  it('leaves a key out that had a value before', () => {
    const status = HealthStatus.up().withAttribute('a', 1).withAttribute('b', 2).withAttribute('a', null);
    expect(status.attributes).toEqual({ b: 2 });
  });

  it('keeps name and attributes when the state changes, and forgets the reason when it is up again', () => {
    const down = HealthStatus.named('n').withAttribute('a', 1).down('gone');
    expect(down.up()).toMatchObject({ name: 'n', state: 'UP', reason: undefined, attributes: { a: 1 } });
    expect(down.degraded()).toMatchObject({ name: 'n', state: 'DEGRADED', attributes: { a: 1 } });
  });

  it('never changes: every step is a new status', () => {
    const first = HealthStatus.named('n').up();
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
