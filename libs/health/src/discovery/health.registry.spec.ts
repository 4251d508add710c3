import { HealthRegistry } from './health.registry.js';

const up = () => true;

function registry() {
  return new HealthRegistry();
}

describe('HealthRegistry', () => {
  it('fills in what a declaration leaves open', () => {
    expect(registry().register('Disk#check', {}, up)).toEqual({
      id: 'Disk#check',
      name: undefined,
      kinds: [],
      groups: [],
      tags: [],
      timeoutMs: 800,
      critical: true,
      run: up,
    });
  });

  it('prefers the declared id to the identity', () => {
    const checks = registry();
    expect(checks.register('Disk#check', { id: 'disk' }, up).id).toBe('disk');
    expect(checks.get('disk')).toBeDefined();
    expect(checks.get('Disk#check')).toBeUndefined();
  });

  it('selects by kind, group and tag, and by all of them together', () => {
    const checks = registry();
    checks.register('a', { kinds: ['liveness', 'readiness'], groups: ['g'], tags: ['t'] }, up);
    checks.register('b', { kinds: ['readiness'], groups: ['g'] }, up);
    checks.register('c', {}, up);
    const idsOf = (selector?: Parameters<HealthRegistry['select']>[0]) =>
      checks.select(selector).map(({ id }) => id);
    expect(idsOf()).toEqual(['a', 'b', 'c']);
    expect(idsOf({ kind: 'liveness' })).toEqual(['a']);
    expect(idsOf({ group: 'g' })).toEqual(['a', 'b']);
    expect(idsOf({ group: 'g', tag: 't', kind: 'readiness' })).toEqual(['a']);
    expect(idsOf({ tag: 'unknown' })).toEqual([]);
    expect([checks.hasGroup('g'), checks.hasGroup('h')]).toEqual([true, false]);
  });

  it('finds checks by declared name and by identity; two may share a name', () => {
    const checks = registry();
    checks.register('a', { name: 'disk' }, up);
    checks.register('b', { name: 'disk' }, up);
    expect(checks.named('disk').map(({ id }) => id)).toEqual(['a', 'b']);
    expect(checks.named('b').map(({ id }) => id)).toEqual(['b']);
    expect(checks.named('unknown')).toEqual([]);
  });

  it('refuses an identity that is taken, and says which', () => {
    const checks = registry();
    checks.register('a', { id: 'disk' }, up);
    expect(() => checks.register('b', { id: 'disk' }, up)).toThrow(/two health checks have the id "disk"/);
  });

  it('refuses a liveness check that depends on something outside, and explains why', () => {
    const declaration = { kinds: ['readiness', 'liveness'], external: true } as const;
    expect(() => registry().register('Db#ping', declaration, up)).toThrow(
      /Db#ping is marked external and for liveness: .*restarted.*readiness/,
    );
  });

  it('accepts a readiness check that depends on something outside', () => {
    expect(registry().register('Db#ping', { kinds: ['readiness'], external: true }, up).kinds).toEqual([
      'readiness',
    ]);
  });

  it.each([
    [
      'an unknown kind',
      { kinds: ['alive' as 'liveness'] },
      /"alive" is no kind; there are liveness, readiness/,
    ],
    ['a timeout that is none', { timeout: 'soon' as '1s' }, /soon/],
  ])('refuses %s', (_name, options, message) => {
    expect(() => registry().register('Disk#check', options, up)).toThrow(message);
  });

  it('takes a check out with the component that it pings, after which both may be registered anew', () => {
    const checks = registry();
    const component = { name: 'store', type: 'state.redis' };
    checks.register('a', { component }, up);
    expect(checks.components()).toEqual([{ ...component, ping: checks.get('a') }]);
    expect(checks.remove('a')).toBe(true);
    expect([checks.select(), checks.components()]).toEqual([[], []]);
    expect(checks.remove('a')).toBe(false);
    expect(checks.register('a', { component }, up).id).toBe('a');
  });

  it('lets a component that has no ping get one, and no second one', () => {
    const checks = registry();
    const component = { name: 'store', type: 'state.redis' };
    checks.registerComponent(component, undefined);
    const ping = checks.register('a', { component }, up);
    expect(checks.components()).toEqual([{ ...component, ping }]);
    expect(() => checks.registerComponent(component, ping)).toThrow(/type state.redis and the name store/);
    expect(() => checks.registerComponent(component, undefined)).toThrow(/identity is both together/);
  });

  it('tells components apart by full type and name together', () => {
    const checks = registry();
    for (const [type, name] of [
      ['state.redis', 'a'],
      ['state.sql', 'a'],
      ['state.redis', 'b'],
    ] as const) {
      checks.registerComponent({ type, name }, undefined);
    }
    expect(checks.components()).toHaveLength(3);
  });
});
