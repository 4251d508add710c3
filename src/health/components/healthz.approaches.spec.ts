import type { ComponentState } from './component.js';
import { componentsHealth, readApproach } from './healthz.js';

type Known = Pick<ComponentState, 'name' | 'type' | 'status'> & Partial<ComponentState>;

function component(known: Known): ComponentState {
  const pinged = { durationMs: 1, checkedAtMs: 0, ageMs: 0, lastError: undefined };
  return { critical: true, message: undefined, ...pinged, ...known };
}

const REDIS = 'redis store: error connecting to redis at localhost:6379: connection refused';
const ok = (name: string, type: string) => component({ name, type, status: 'OK' });
const failed = (name: string, type: string) => component({ name, type, status: 'NOT_OK', message: REDIS });
const none = (name: string, type: string) => component({ name, type, status: 'UNDEFINED' });

const failedOnWire = (componentName: string, type: string) => {
  return { componentName, type, status: 'NOT_OK', errorCode: 'ERR_HEALTH_NOT_OK', message: REDIS };
};
const noneOnWire = (componentName: string, type: string) => {
  return { componentName, type, status: 'UNDEFINED', errorCode: 'ERR_PING_NOT_IMPLEMENTED' };
};

describe('componentsHealth, approaches 1 and 2 of the proposal', () => {
  const states = [ok('a', 'bindings.http'), failed('txnstore', 'state.redis'), none('mock', 'pubsub.x')];
  const bodyOf = (some: ComponentState[], approach: 1 | 2) => {
    const { status, body } = componentsHealth(some, 'full', approach);
    return { status, body: body === undefined ? undefined : JSON.parse(body) };
  };

  it('1 puts what failed and what has no ping under umbrellas', () => {
    expect(bodyOf(states, 1)).toEqual({
      status: 500,
      body: {
        componentsHealth: {
          failedComponents: [failedOnWire('txnstore', 'state')],
          pingNotImplemented: [{ componentName: 'mock', type: 'pubsub' }],
        },
      },
    });
  });

  it('1 leaves out an umbrella with nothing under it', () => {
    expect(bodyOf([ok('a', 't'), none('b', 't')], 1)).toEqual({
      status: 200,
      body: { componentsHealth: { pingNotImplemented: [{ componentName: 'b', type: 't' }] } },
    });
    expect(Object.keys(bodyOf([failed('b', 't')], 1).body.componentsHealth)).toEqual(['failedComponents']);
  });

  it('2 lists healthy ones too', () => {
    expect(bodyOf(states, 2)).toEqual({
      status: 500,
      body: {
        componentsHealth: [
          { componentName: 'a', type: 'bindings', status: 'OK' },
          noneOnWire('mock', 'pubsub'),
          failedOnWire('txnstore', 'state'),
        ],
      },
    });
  });

  it.each([1, 2] as const)('%d has no body where all is well, for 204 cannot have one', (approach) => {
    expect(bodyOf([ok('a', 't')], approach)).toEqual({ status: 204, body: undefined });
  });

  it.each([1, 2, 3] as const)('%d tells no messages at names, and no body at status', (approach) => {
    const [full, names, status] = (['full', 'names', 'status'] as const).map((detail) =>
      componentsHealth(states, detail, approach),
    );
    expect([names?.status, status]).toEqual([
      full?.status,
      { status: 500, headers: { 'cache-control': 'no-store' }, body: undefined },
    ]);
    expect(full?.body).toContain(JSON.stringify(REDIS));
    expect(names?.body).toBe(full?.body?.replace(`,"message":${JSON.stringify(REDIS)}`, ''));
  });

  it('keep what is allowed at status where none has a ping', () => {
    const headers = { 'cache-control': 'no-store', allow: 'GET, HEAD' };
    const answer = { status: 405, headers, body: undefined };
    expect(componentsHealth([none('mock', 'pubsub.x')], 'status')).toEqual(answer);
  });

  it.each([
    [null, 3],
    ['1', 1],
    ['2', 2],
    ['3', 3],
    ['4', 3],
    ['', 3],
  ])('approach=%j is %d', (given, approach) => expect(readApproach(given)).toBe(approach));
});
