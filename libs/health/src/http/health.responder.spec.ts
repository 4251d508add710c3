import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Type } from '@nestjs/common';
import { HEALTH_FORMATS } from '@vitals/core/health';
import { ManualClock } from '@vitals/core/time';
import { ADAPTERS, checkClass, serve } from '../../test/health-app.js';
import { AvailabilityState, HealthComponent, type HealthOptions, HealthStatus } from '../index.js';

const pings = new Map<string, number>();

beforeEach(() => pings.clear());

/** A component whose ping gives `outcome`; without one it has no ping. */
function component(type: string, name: string, outcome?: () => unknown, options: HealthOptions = {}): Type {
  const ping = () => {
    pings.set(name, (pings.get(name) ?? 0) + 1);
    return outcome?.();
  };
  const provider = outcome ? checkClass(options, ping, 'Pinged') : class Silent {};
  HealthComponent({ type, name })(provider);
  return provider;
}

const fail = (message: string) => () => Promise.reject(new Error(message));
const never = () => new Promise(() => undefined);

const STORE = component('state.redis', 'txnstore', () => true);
const BINDING = component('bindings.kafka', 'smsbinding', () => true);
const FAILED_STORE = component('state.redis', 'txnstore', fail('connection refused'));
const FAILED_BINDING = component('bindings.kafka', 'smsbinding', fail('no broker'));
const TOLERATED_BINDING = component('bindings.kafka', 'smsbinding', fail('no broker'), { critical: false });
const SILENT = [component('pubsub.mqtt', 'mockABC'), component('bindings.cron', 'mockXYX')];

const NOT_OK = { status: 'NOT_OK', errorCode: 'ERR_HEALTH_NOT_OK' };
const NO_PING = { status: 'UNDEFINED', errorCode: 'ERR_PING_NOT_IMPLEMENTED' };
const notOk = (componentName: string, type: string, message: string) => ({
  componentName,
  type,
  ...NOT_OK,
  message,
});
const STORE_FAILED = notOk('txnstore', 'state', 'connection refused');
const BINDING_FAILED = notOk('smsbinding', 'bindings', 'no broker');
const ABC = { componentName: 'mockABC', type: 'pubsub', ...NO_PING };
const XYX = { componentName: 'mockXYX', type: 'bindings', ...NO_PING };

describe.each(ADAPTERS)('healthz on %s', (_name, adapter) => {
  it.each<[string, Type[], number, object[] | undefined]>([
    ['case 1: all healthy', [STORE, BINDING], 204, undefined],
    ['case 2: some failed', [FAILED_STORE, FAILED_BINDING], 500, [BINDING_FAILED, STORE_FAILED]],
    ['case 2: one failed of two', [FAILED_STORE, BINDING], 500, [STORE_FAILED]],
    [
      'case 3: some failed, some without ping',
      [FAILED_STORE, BINDING, ...SILENT],
      500,
      [XYX, ABC, STORE_FAILED],
    ],
    ['case 4: none has a ping', SILENT, 405, [XYX, ABC]],
    ['case 5: the rest healthy, some without ping', [STORE, ...SILENT], 200, [XYX, ABC]],
    ['no component', [], 204, undefined],
    ['a tolerated one failed', [TOLERATED_BINDING, STORE], 200, [BINDING_FAILED]],
    [
      'a tolerated one and a critical one failed',
      [TOLERATED_BINDING, FAILED_STORE],
      500,
      [BINDING_FAILED, STORE_FAILED],
    ],
  ])('answers ?components=true, %s', async (_case, providers, code, listed) => {
    const { ask } = await serve({ adapter, providers });
    for (const path of ['/healthz?components=true', '/v1.0/healthz?components=TRUE']) {
      const { status, headers, body } = await ask(path);
      expect([status, body === '' ? undefined : JSON.parse(body)]).toEqual([
        code,
        listed && { componentsHealth: listed },
      ]);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('allow')).toBe(code === 405 ? 'GET, HEAD' : null);
      expect(headers.get('content-type')).toBe(code === 204 ? null : 'application/json; charset=utf-8');
      expect(headers.has('content-length')).toBe(code !== 204);
      expect(await ask(path, { method: 'HEAD' })).toMatchObject({ status: code, body: '' });
    }
  });

  it.each([
    '',
    '?components=false',
    '?components=1',
    '?components=',
    '?components=true%20',
    '?other=true',
    '?appid=orders',
  ])('answers %p with 204 and no content, and pings nothing', async (query) => {
    const { ask } = await serve({ adapter, providers: [FAILED_STORE], health: { appId: 'orders' } });
    for (const path of ['/healthz', '/v1.0/healthz']) {
      const { status, headers, body } = await ask(path + query);
      expect([status, body]).toEqual([204, '']);
      expect([headers.has('content-length'), headers.has('content-type')]).toEqual([false, false]);
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(pings.size).toBe(0);
  });

  it.each(['other', '', 'ORDERS'])(
    'refuses the app id %p, whether components are asked for or not',
    async (appid) => {
      const { ask } = await serve({ adapter, providers: [STORE], health: { appId: 'orders' } });
      for (const query of [`?appid=${appid}`, `?appid=${appid}&components=true`]) {
        const { status, json } = await ask(`/healthz${query}`);
        expect([status, json]).toEqual([
          500,
          {
            errorCode: 'ERR_HEALTH_APPID_NOT_MATCH',
            message: expect.stringContaining(JSON.stringify(appid)),
          },
        ]);
      }
      expect((await ask('/healthz?appid=orders&components=true')).status).toBe(204);
      expect(pings).toEqual(new Map([['txnstore', 1]]));
    },
  );

  it('says what is not ready before anything else, and pings nothing', async () => {
    const { app, ask } = await serve({ adapter, providers: [FAILED_STORE], health: { appId: 'orders' } });
    const availability = app.get(AvailabilityState);
    const migration = availability.target('migration');
    availability.refuse('maintenance');
    for (const query of ['', '?components=true', '?appid=other']) {
      const { status, json } = await ask(`/healthz${query}`);
      expect([status, json.message]).toEqual([500, 'orders is not ready: [migration, maintenance]']);
      expect(json).toMatchObject({ errorCode: 'ERR_HEALTH_NOT_READY' });
    }
    expect(pings.size).toBe(0);
    migration.ready();
    availability.accept('maintenance');
    expect((await ask('/healthz')).status).toBe(204);
  });

  it('withholds messages if the app says so', async () => {
    const { ask } = await serve({
      adapter,
      providers: [FAILED_STORE, ...SILENT],
      health: { messages: 'withheld' },
    });
    const { body, json } = await ask('/healthz?components=true');
    expect(json.componentsHealth).toEqual([XYX, ABC, { ...STORE_FAILED, message: 'withheld' }]);
    expect(body).not.toContain('refused');
  });

  it.each(HEALTH_FORMATS)(
    'withholds the messages of terminus results too, in the format %s',
    async (format) => {
      const results = [
        { db: { status: 'down', message: 'hunter2 was refused', pool: 4 } },
        {
          a: { status: 'down', message: 'hunter2 was refused' },
          b: { status: 'up', message: 'hunter2 is well' },
        },
        HealthStatus.down('hunter2')
          .withAttribute('cause', 'hunter2')
          .withAttribute('error', new Error('hunter2')),
      ];
      const providers = results.map((result, at) =>
        checkClass({ name: `c${at}` }, () => result, `Check${at}`),
      );
      const { ask } = await serve({ adapter, providers, health: { messages: 'withheld', format } });
      const { status, body } = await ask('/health');
      expect([status >= 500 || format === 'prometheus', body.includes('hunter2')]).toEqual([true, false]);
      if (format === 'microprofile') expect(body).toContain('"message":"withheld","pool":4');
    },
  );

  it('is held up by a hanging component no longer than its timeout, and waits for all in parallel', async () => {
    const names = ['a', 'b', 'c'];
    const clock = new ManualClock();
    const hanging = names.map((name) => component('state', name, never, { timeout: '2s' }));
    const { ask } = await serve({ adapter, clock, providers: [...hanging, STORE] });
    const answer = ask('/healthz?components=true');
    while (pings.size <= names.length) await nextTurn();
    await clock.advance(2_000);
    const { status, json } = await answer;
    const listed = names.map((name) => notOk(name, 'state', 'timed out after 2000 ms'));
    expect([status, json]).toEqual([500, { componentsHealth: listed }]);
  });

  it('answers outbound by the outgoing side alone', async () => {
    const { app, ask } = await serve({ adapter, providers: [FAILED_STORE] });
    const availability = app.get(AvailabilityState);
    availability.refuse('maintenance');
    expect((await ask('/v1.0/healthz/outbound')).status).toBe(204);
    const database = availability.outboundTarget('database');
    for (const path of ['/v1.0/healthz/outbound', '/healthz/outbound']) {
      const { status, json } = await ask(path);
      expect([status, json]).toEqual([
        500,
        { errorCode: 'ERR_OUTBOUND_HEALTH_NOT_READY', message: 'the outgoing side is not ready: [database]' },
      ]);
    }
    database.ready();
    expect(await ask('/healthz/outbound')).toMatchObject({ status: 204, body: '' });
    expect(pings.size).toBe(0);
  });
});

describe.each(ADAPTERS)('the list of components on %s', (_name, adapter) => {
  it('has all of them, healthy ones too, by type and name', async () => {
    const { ask } = await serve({ adapter, providers: [STORE, ...SILENT, TOLERATED_BINDING] });
    const { status, json } = await ask('/health/components');
    expect(status).toBe(200);
    const tolerated = { critical: false, lastError: 'no broker' };
    expect(json.components).toMatchObject([
      { type: 'bindings.cron', name: 'mockXYX', status: 'UNDEFINED', critical: true },
      { type: 'bindings.kafka', name: 'smsbinding', status: 'NOT_OK', ...tolerated },
      { type: 'pubsub.mqtt', name: 'mockABC', status: 'UNDEFINED', critical: true },
      { type: 'state.redis', name: 'txnstore', status: 'OK', critical: true },
    ]);
  });

  it.each([
    ['/state.redis/txnstore', 503, { name: 'txnstore', type: 'state.redis', status: 'NOT_OK' }],
    ['/bindings.cron/mockXYX', 200, { name: 'mockXYX', type: 'bindings.cron', status: 'UNDEFINED' }],
    ['/state/txnstore', 404, { detail: 'there is no component of type "state" named "txnstore"' }],
  ])('has an item %s, answered with %i', async (path, code, item) => {
    const { ask } = await serve({ adapter, providers: [FAILED_STORE, BINDING, ...SILENT] });
    const { status, json } = await ask(`/health/components${path}`);
    expect([status, json]).toMatchObject([code, item]);
    expect((await ask('/health/components')).status).toBe(503);
  });
});
