import { ADAPTERS, checkClass, serve } from '../../../test/health-app.js';
import { HealthStatus } from '../../index.js';

const Store = checkClass(
  { name: 'store', kinds: ['readiness'], component: { name: 'txnstore', type: 'state.redis' } },
  () => HealthStatus.down('no route to redis').withAttribute('attempts', 3),
  'Store',
);

const FULL = {
  name: 'store',
  status: 'DOWN',
  data: { attempts: 3, reason: 'no route to redis' },
};
const NAMES = { name: 'store', status: 'DOWN' };

/** In the format of Vitals. */
const ALL = {
  ...NAMES,
  id: 'Store#check',
  kinds: ['readiness'],
  critical: true,
  reason: 'no route to redis',
  data: { attempts: 3 },
  durationMs: expect.any(Number),
  checkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  ageMs: 0,
};

describe.each(ADAPTERS)('what an answer tells on %s', (_name, adapter) => {
  it.each([
    ['everything to who asks on loopback', {}, FULL],
    ['names to who was forwarded by X-Forwarded-For', { 'x-forwarded-for': '203.0.113.9' }, NAMES],
    ['names to who was forwarded by Forwarded', { forwarded: 'for=203.0.113.9' }, NAMES],
    ['names to who was forwarded by X-Real-IP', { 'x-real-ip': '203.0.113.9' }, NAMES],
    ['names to who was forwarded by X-Forwarded-Host', { 'x-forwarded-host': 'example.org' }, NAMES],
    ['names to who was forwarded by X-Forwarded-Proto', { 'x-forwarded-proto': 'https' }, NAMES],
    ['names to who was forwarded by CF-Connecting-IP', { 'cf-connecting-ip': '203.0.113.9' }, NAMES],
    ['names to who was forwarded by Via', { via: '1.1 proxy' }, NAMES],
  ])('is %s', async (_what, headers, check) => {
    const { ask } = await serve({ adapter, providers: [Store] });
    for (const path of ['/health', '/health/ready', '/health/check/store']) {
      expect((await ask(path, { headers })).json).toEqual({ status: 'DOWN', checks: [check] });
    }
  });

  it('is all that is known in the format of Vitals, and names to who was forwarded', async () => {
    const { ask } = await serve({ adapter, providers: [Store] });
    const callers: [Record<string, string>, object][] = [
      [{}, ALL],
      [{ via: '1.1 proxy' }, NAMES],
    ];
    for (const [headers, check] of callers) {
      const accept = { ...headers, accept: 'application/vnd.vitals.health+json' };
      const answers = [
        await ask('/health?format=vitals', { headers }),
        await ask('/health', { headers: accept }),
      ];
      for (const { status, headers: answered, json } of answers) {
        expect([status, answered.get('content-type')]).toEqual([
          503,
          expect.stringMatching(/^application\/vnd\.vitals\.health\+json/),
        ]);
        expect(json).toEqual({ status: 'DOWN', checks: [check] });
      }
    }
  });

  it('is names when the app listens on all addresses, whoever asks', async () => {
    const { ask } = await serve({ adapter, providers: [Store], host: '0.0.0.0' });
    expect((await ask('/health')).json).toEqual({ status: 'DOWN', checks: [NAMES] });
  });

  it.each([
    ['status', []],
    ['names', [NAMES]],
    ['full', [FULL]],
  ] as const)('is %s everywhere if the app says so', async (detail, checks) => {
    const { ask } = await serve({ adapter, providers: [Store], host: '0.0.0.0', health: { detail } });
    const { status, json } = await ask('/health', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect([status, json]).toEqual([503, { status: 'DOWN', checks }]);
  });

  it('is told of components in the same measure', async () => {
    const { ask } = await serve({ adapter, providers: [Store] });
    const brief = { name: 'txnstore', type: 'state.redis', status: 'NOT_OK', critical: true };
    const full = {
      ...brief,
      lastError: 'no route to redis',
      lastErrorAt: expect.any(String),
      durationMs: expect.any(Number),
      checkedAt: expect.any(String),
      ageMs: expect.any(Number),
    };
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.9' } };
    expect((await ask('/health/components')).json).toEqual({ components: [full] });
    expect((await ask('/health/components', forwarded)).json).toEqual({ components: [brief] });
    expect((await ask('/health/components/state.redis/txnstore')).json).toEqual(full);
    expect((await ask('/health/components/state.redis/txnstore', forwarded)).json).toEqual(brief);
  });
});

describe.each(ADAPTERS)('what leaves the process on %s', (_name, adapter) => {
  it.each([
    ['postgres://vitals:hunter2@db:5432/app refused', 'postgres://***@db:5432/app refused'],
    ['401 for Authorization: Bearer hunter2hunter2', '401 for Authorization: Bearer ***'],
    ['login failed, password=hunter2; retry', 'login failed, password=***; retry'],
    ['{"api_key": "hunter2"}', '{"api_key": ***}'],
  ])('has no secret of a thrown message: %s', async (message, safe) => {
    const options = { name: 'db', component: { name: 'db', type: 'state.postgres' } };
    const failing = () => {
      throw new Error(message);
    };
    const { ask } = await serve({ adapter, providers: [checkClass(options, failing)] });
    const answers = await Promise.all(
      ['/health', '/health/components', '/healthz?components=true'].map((path) => ask(path)),
    );
    for (const { body } of answers) expect(body).not.toContain('hunter2');
    const [health, components, healthz] = answers.map(({ json }) => json);
    expect(health?.checks[0]?.data?.['reason']).toBe(safe);
    expect(components?.components[0]?.lastError).toBe(safe);
    expect(healthz?.componentsHealth[0]?.message).toBe(safe);
  });
});
