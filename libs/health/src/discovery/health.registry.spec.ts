import type { CheckContext } from '@vitals/core/health';
import { HealthRegistry } from './health.registry.js';

const up = () => true;

function registry() {
  return new HealthRegistry();
}

describe('HealthRegistry', () => {
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
    expect(idsOf({ group: 'g', tags: ['t'], kind: 'readiness' })).toEqual(['a']);
    expect(idsOf({ tags: ['t', 'unknown'] })).toEqual([]);
    expect(idsOf({ tags: [] })).toEqual(['a', 'b', 'c']);
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

  it('takes a check out with the component that it pings, after which both may be registered anew', () => {
    const checks = registry();
    const component = { name: 'store', type: 'state.redis' };
    checks.register('a', { component }, up);
    expect(checks.components()).toMatchObject([{ ...component, ping: checks.get('a') }]);
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
    expect(checks.components()).toMatchObject([{ ...component, ping }]);
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

  it('keeps a component that failed to be set up, with its error, until it gets a ping', () => {
    const checks = registry();
    const component = { name: 'store', type: 'state.redis' };
    const error = new Error('no such host');
    checks.registerComponent(component, undefined, error);
    expect(checks.components()).toMatchObject([{ ...component, ping: undefined, error }]);
    const ping = checks.register('a', { component }, up);
    expect(checks.components()).toMatchObject([{ ...component, ping }]);
    expect(checks.components()[0]).not.toHaveProperty('error');
  });

  it('takes a component out and leaves its check', () => {
    const checks = registry();
    checks.register('a', { component: { name: 'store', type: 'state.redis' } }, up);
    expect([
      checks.removeComponent('state.redis', 'store'),
      checks.removeComponent('state.redis', 'store'),
    ]).toEqual([true, false]);
    expect([checks.components(), checks.select().length]).toEqual([[], 1]);
  });

  it('registers nothing of a check whose component is taken', () => {
    const checks = registry();
    const component = { name: 'store', type: 'state.redis' };
    checks.register('a', { component }, up);
    expect(() => checks.register('b', { component }, up)).toThrow(/identity is both together/);
    expect(checks.get('b')).toBeUndefined();
  });

  it('answers a selection anew after every change', () => {
    const checks = registry();
    expect(checks.select({ group: 'g' })).toEqual([]);
    checks.register('a', { groups: ['g'] }, up);
    expect(checks.select({ group: 'g' })).toHaveLength(1);
    checks.remove('a');
    expect([checks.select({ group: 'g' }), checks.select()]).toEqual([[], []]);
  });

  it('lets a check do something else and back, as the same check', () => {
    const checks = registry();
    const context = {} as CheckContext;
    const check = checks.register('a', {}, up);
    const restoreFirst = checks.replace('a', () => 'first');
    const restoreSecond = checks.replace('a', () => 'second');
    expect(check.run(context)).toBe('second');
    restoreFirst();
    expect(check.run(context)).toBe('second');
    restoreSecond();
    expect(check.run(context)).toBe('first');
    restoreFirst();
    expect(check.run(context)).toBe(true);
    expect(() => checks.replace('b', up)).toThrow(/there is no health check "b"/);
  });

  it('tells what happens to checks, in order', () => {
    const checks = registry();
    const told: string[] = [];
    checks.onChange((event, { id }) => told.push(`${event} ${id}`));
    checks.register('a', {}, up);
    checks.replace('a', up)();
    checks.remove('a');
    checks.remove('a');
    expect(told).toEqual(['registered a', 'replaced a', 'replaced a', 'removed a']);
  });
});
