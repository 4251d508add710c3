import type { ComponentState } from '../component.js';
import { componentItem, componentList } from './component-list.js';

function component(more: Partial<ComponentState> = {}): ComponentState {
  const base = {
    name: 'txnstore',
    type: 'state.redis',
    status: 'OK',
    critical: true,
    message: undefined,
  } as const;
  return { ...base, durationMs: 1.2345, checkedAtMs: 1_000, ...more };
}

const failed = component({ name: 'db', status: 'NOT_OK', message: 'refused' });
const brief = { name: 'txnstore', type: 'state.redis', status: 'OK', critical: true };

describe('componentList', () => {
  it('lists all components, healthy ones too, by type and name', () => {
    const states = [component(), component({ name: 'a' }), component({ type: 'bindings.http' })];
    const { status, body } = componentList(states, 1_500, 'names');
    expect([status, JSON.parse(body as string)]).toEqual([
      200,
      { components: [{ ...brief, type: 'bindings.http' }, { ...brief, name: 'a' }, brief] },
    ]);
  });

  it('is 200 with an empty list if there is none', () => {
    expect(componentList([], 0, 'full')).toMatchObject({ status: 200, body: '{"components":[]}' });
  });

  it.each<[string, Partial<ComponentState>, number]>([
    ['is healthy', {}, 200],
    ['failed', { status: 'NOT_OK' }, 503],
    ['failed and is not critical', { status: 'NOT_OK', critical: false }, 200],
    ['has no ping', { status: 'UNDEFINED' }, 200],
  ])('answers for one that %s', (_what, more, status) => {
    expect(componentList([component(more)], 0, 'names').status).toBe(status);
    expect(componentItem(component(more), 0, 'names').status).toBe(status);
  });
});

describe('componentItem', () => {
  it('tells last error, duration, time and age at detail full', () => {
    expect(JSON.parse(componentItem(failed, 1_500, 'full').body as string)).toEqual({
      name: 'db',
      type: 'state.redis',
      status: 'NOT_OK',
      critical: true,
      lastError: 'refused',
      durationMs: 1.23,
      checkedAt: '1970-01-01T00:00:01.000Z',
      ageMs: 500,
    });
  });

  it('never has a negative age, although the wall clock was set back', () => {
    expect(JSON.parse(componentItem(component(), 0, 'full').body as string).ageMs).toBe(0);
  });

  it.each(['names', 'status'] as const)('tells no message and no time at detail %s', (detail) => {
    const { body } = componentItem(failed, 1_500, detail);
    expect(Object.keys(JSON.parse(body as string))).toEqual(['name', 'type', 'status', 'critical']);
  });

  it('has no time for one that was never pinged', () => {
    const never = component({ status: 'UNDEFINED', durationMs: undefined, checkedAtMs: undefined });
    expect(JSON.parse(componentItem(never, 0, 'full').body as string)).toEqual({
      ...brief,
      status: 'UNDEFINED',
    });
  });
});
