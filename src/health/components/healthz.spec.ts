import type { ComponentState } from './component.js';
import { componentsHealth, healthz, outboundHealth } from './healthz.js';

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

function answer(states: ComponentState[]) {
  const { status, headers, body } = componentsHealth(states, 'full');
  return { status, headers, listed: body === undefined ? undefined : JSON.parse(body).componentsHealth };
}

describe('healthz', () => {
  const ready = { notReady: [], appId: 'vitals' };

  it('rule 1: is 500 while the app is not ready, whatever was asked', () => {
    const notReady = { notReady: ['bootstrap', 'cache'], appId: 'vitals' };
    for (const query of [
      { appid: undefined, components: undefined },
      { appid: 'other', components: 'true' },
      { appid: 'vitals', components: 'true' },
    ]) {
      expect(healthz(query, notReady, 'full')).toMatchObject({
        status: 500,
        body: '{"errorCode":"ERR_HEALTH_NOT_READY","message":"vitals is not ready: [bootstrap, cache]"}',
      });
    }
  });

  it.each(['other', '', 'VITALS', ' vitals'])(
    'rule 2: is 500 for the app id %j, before components are asked',
    (appid) => {
      const given = healthz({ appid, components: 'true' }, ready, 'full');
      expect(given?.status).toBe(500);
      expect(JSON.parse(given?.body as string)).toEqual({
        errorCode: 'ERR_HEALTH_APPID_NOT_MATCH',
        message: expect.stringContaining(JSON.stringify(appid)),
      });
    },
  );

  it.each([undefined, '', 'false', '1', 'yes', 'true ', 'truetrue'])(
    'rule 3: is 204 without content, and pings nothing, for components=%j',
    (components) => {
      for (const appid of [undefined, 'vitals']) {
        expect(healthz({ appid, components }, ready, 'full')).toEqual({
          status: 204,
          headers: { 'cache-control': 'no-store' },
          body: undefined,
        });
      }
    },
  );

  it.each(['true', 'TRUE', 'True'])('leaves the answer to the components for components=%s', (components) => {
    expect(healthz({ appid: undefined, components }, ready, 'full')).toBeUndefined();
    expect(healthz({ appid: 'vitals', components }, ready, 'full')).toBeUndefined();
  });
});

describe('componentsHealth: the five cases of the proposal', () => {
  it('case 1: all have a ping and are healthy', () => {
    expect(answer([ok('txnstore', 'state.redis'), ok('smsbinding', 'bindings.http')])).toEqual({
      status: 204,
      headers: { 'cache-control': 'no-store' },
      listed: undefined,
    });
  });

  it('case 2: all have a ping, some failed; the healthy ones are not listed', () => {
    const states = [
      failed('txnstore', 'state.redis'),
      failed('smsbinding', 'bindings.redis'),
      ok('mockABC', 'pubsub.a'),
    ];
    expect(answer(states)).toMatchObject({ status: 500 });
    expect(answer(states).listed).toEqual([
      failedOnWire('smsbinding', 'bindings'),
      failedOnWire('txnstore', 'state'),
    ]);
  });

  it('case 3: some have none, some failed', () => {
    const states = [
      failed('txnstore', 'state.redis'),
      none('mockABC', 'pubsub.a'),
      ok('mockXYX', 'bindings.x'),
    ];
    expect(answer(states).status).toBe(500);
    expect(answer(states).listed).toEqual([
      noneOnWire('mockABC', 'pubsub'),
      failedOnWire('txnstore', 'state'),
    ]);
  });

  it('case 4: none has a ping', () => {
    const states = [none('txnstore', 'state.redis'), none('smsbinding', 'bindings.redis')];
    expect(answer(states)).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD', 'cache-control': 'no-store' },
    });
    expect(answer(states).listed).toEqual([
      noneOnWire('smsbinding', 'bindings'),
      noneOnWire('txnstore', 'state'),
    ]);
  });

  it('case 5: some have none, the others are healthy', () => {
    const states = [ok('txnstore', 'state.redis'), none('mockABC', 'pubsub.a')];
    expect(answer(states)).toMatchObject({ status: 200, listed: [noneOnWire('mockABC', 'pubsub')] });
  });
});

describe('componentsHealth: pins', () => {
  it('is 204 if no component is registered', () => {
    expect(answer([])).toEqual({ status: 204, headers: { 'cache-control': 'no-store' }, listed: undefined });
  });

  it('lists one that failed and is not critical, without turning to 500', () => {
    const minor = { ...failed('cache', 'state.redis'), critical: false };
    for (const others of [[], [ok('a', 'x')], [none('a', 'x')]]) {
      expect(answer([minor, ...others])).toMatchObject({ status: 200 });
      expect(answer([minor, ...others]).listed).toContainEqual(failedOnWire('cache', 'state'));
    }
    expect(answer([minor, failed('db', 'state.pg')]).status).toBe(500);
  });

  it('sorts by the full type, then by name', () => {
    const states = [
      none('b', 'state.redis'),
      none('z', 'state.pg'),
      none('a', 'state.redis'),
      none('y', 'bindings'),
    ];
    expect(answer(states).listed.map((one: { componentName: string }) => one.componentName)).toEqual([
      'y',
      'z',
      'a',
      'b',
    ]);
  });

  it.each([
    ['state.redis.v1', 'state'],
    ['state', 'state'],
    ['', ''],
  ])('writes the type %j as %j', (type, wire) => {
    expect(answer([none('a', type)]).listed).toEqual([noneOnWire('a', wire)]);
  });

  it('always has a message for one that failed, never for one without a ping', () => {
    expect(answer([component({ name: 'a', type: 't', status: 'NOT_OK' })]).listed[0].message).toBe('');
    expect(
      answer([component({ name: 'a', type: 't', status: 'UNDEFINED', message: 'x' })]).listed[0],
    ).not.toHaveProperty('message');
  });
});

describe('healthz at detail status', () => {
  it('names neither the app nor what is not ready', () => {
    const notReady = { notReady: ['migration'], appId: 'orders' };
    const asked = { appid: undefined, components: undefined };
    expect(healthz(asked, notReady, 'names')?.body).toContain('orders is not ready: [migration]');
    expect(JSON.parse(healthz(asked, notReady, 'status')?.body as string)).toEqual({
      errorCode: 'ERR_HEALTH_NOT_READY',
      message: 'the app is not ready',
    });
    expect(JSON.parse(outboundHealth(['database'], 'status').body as string)).toEqual({
      errorCode: 'ERR_OUTBOUND_HEALTH_NOT_READY',
      message: 'the outgoing side is not ready',
    });
  });
});

describe('outboundHealth', () => {
  it('is 204 once the outgoing side is up, else 500 with what is missing', () => {
    expect(outboundHealth([], 'full')).toEqual({
      status: 204,
      headers: { 'cache-control': 'no-store' },
      body: undefined,
    });
    expect(outboundHealth(['database', 'broker'], 'full')).toMatchObject({
      status: 500,
      body: '{"errorCode":"ERR_OUTBOUND_HEALTH_NOT_READY","message":"the outgoing side is not ready: [database, broker]"}',
    });
  });
});
