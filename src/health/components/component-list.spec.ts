import type { ComponentState } from './component.js';
import { componentItem, componentList } from './component-list.js';

function component(more: Partial<ComponentState> = {}): ComponentState {
  const base = {
    name: 'txnstore',
    type: 'state.redis',
    status: 'OK',
    critical: true,
    message: undefined,
  } as const;
  return { ...base, durationMs: 1.2345, checkedAtMs: 1_000, ageMs: 500.4, lastError: undefined, ...more };
}

const lastError = { message: 'refused', atMs: 2_000 };
const failed = component({ name: 'db', status: 'NOT_OK', message: 'refused', lastError });
const brief = { name: 'txnstore', type: 'state.redis', status: 'OK', critical: true };

describe('componentList', () => {
  it('lists all components, healthy ones too, by type and name', () => {
    const states = [component(), component({ name: 'a' }), component({ type: 'bindings.http' })];
    const { status, body } = componentList(states, 'names');
    expect([status, JSON.parse(body as string)]).toEqual([
      200,
      { components: [{ ...brief, type: 'bindings.http' }, { ...brief, name: 'a' }, brief] },
    ]);
  });

  it('tells only the code at detail status', () => {
    expect(componentList([failed], 'status')).toMatchObject({ status: 503, body: '{"components":[]}' });
  });

  it('is 200 with an empty list if there is none', () => {
    expect(componentList([], 'full')).toMatchObject({ status: 200, body: '{"components":[]}' });
  });

  it.each<[string, Partial<ComponentState>, number]>([
    ['is healthy', {}, 200],
    ['failed', { status: 'NOT_OK' }, 503],
    ['failed and is not critical', { status: 'NOT_OK', critical: false }, 200],
    ['has no ping', { status: 'UNDEFINED' }, 200],
  ])('answers for one that %s', (_what, more, status) => {
    expect(componentList([component(more)], 'names').status).toBe(status);
    expect(componentItem(component(more), 'names').status).toBe(status);
  });
});

describe('componentItem', () => {
  it('tells last error, duration, time and age at detail full', () => {
    expect(JSON.parse(componentItem(failed, 'full').body as string)).toEqual({
      name: 'db',
      type: 'state.redis',
      status: 'NOT_OK',
      critical: true,
      lastError: 'refused',
      lastErrorAt: '1970-01-01T00:00:02.000Z',
      durationMs: 1.23,
      checkedAt: '1970-01-01T00:00:01.000Z',
      ageMs: 500,
    });
  });

  it('keeps the last error of one that is well again', () => {
    expect(JSON.parse(componentItem(component({ lastError }), 'full').body as string)).toMatchObject({
      status: 'OK',
      lastError: 'refused',
      lastErrorAt: '1970-01-01T00:00:02.000Z',
    });
  });

  it('tells no message and no time at detail names, and nothing but the status at detail status', () => {
    const membersAt = (detail: 'names' | 'status') =>
      Object.keys(JSON.parse(componentItem(failed, detail).body as string));
    expect(membersAt('names')).toEqual(['name', 'type', 'status', 'critical']);
    expect(membersAt('status')).toEqual(['status']);
  });

  it('has no time for one that was never pinged', () => {
    const nothing = { durationMs: undefined, checkedAtMs: undefined, ageMs: undefined };
    const never = component({ status: 'UNDEFINED', ...nothing });
    expect(JSON.parse(componentItem(never, 'full').body as string)).toEqual({
      ...brief,
      status: 'UNDEFINED',
    });
  });
});
