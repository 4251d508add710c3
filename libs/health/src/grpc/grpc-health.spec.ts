import { Injectable, type OnModuleInit } from '@nestjs/common';
import { checkClass } from '../../test/health-app.js';
import { grpcClient, portOf, serveGrpc } from '../../test/grpc-app.js';
import { HealthRegistry, HealthService, HealthStatus } from '../index.js';
import { GrpcHealthServer } from './index.js';

const NOT_FOUND = { code: 5, details: 'there is no such service' };

const Live = checkClass({ name: 'live', kinds: ['liveness'] }, () => true, 'Live');
const Ready = checkClass({ name: 'ready', kinds: ['readiness'] }, () => false, 'Ready');
const Slow = checkClass({ name: 'slow', groups: ['storage'] }, () => HealthStatus.degraded('slow'), 'Slow');
const Cache = checkClass({ groups: ['storage', 'soft'], critical: false }, () => false, 'Cache');

describe('Check', () => {
  it.each([
    ['', 'NOT_SERVING'],
    ['liveness', 'SERVING'],
    ['readiness', 'NOT_SERVING'],
    ['startup', 'SERVING'],
    ['wellness', 'SERVING'],
    ['storage', 'SERVING'],
    ['soft', 'SERVING'],
    ['live', 'SERVING'],
    ['ready', 'NOT_SERVING'],
    ['slow', 'SERVING'],
    ['Ready#check', 'NOT_SERVING'],
    ['Slow#check', 'SERVING'],
  ])('of %j is %s', async (service, status) => {
    const { check } = await serveGrpc({ providers: [Live, Ready, Slow, Cache] });
    expect(await check(service)).toBe(status);
  });

  it('takes a name for a kind before a group, and for a group before a check', async () => {
    const Up = checkClass({ name: 'db', kinds: ['readiness'] }, () => true, 'Up');
    const Group = checkClass({ name: 'x', groups: ['db', 'readiness'] }, () => false, 'Group');
    const { check, list } = await serveGrpc({ providers: [Up, Group] });
    expect(await Promise.all([check('readiness'), check('db')])).toEqual(['SERVING', 'NOT_SERVING']);
    expect(await list()).toEqual({
      '': 'NOT_SERVING',
      liveness: 'SERVING',
      readiness: 'SERVING',
      startup: 'SERVING',
      wellness: 'SERVING',
      db: 'NOT_SERVING',
      x: 'NOT_SERVING',
    });
  });

  it.each([
    ['a name', 'nobody'],
    ['a kind in capitals', 'LIVENESS'],
    ['a check and a space', 'live '],
    ['a member of every object', '__proto__'],
    ['a control character', '\u0000'],
    ['ten thousand characters', 'x'.repeat(10_000)],
    ['an emoji', '💥'],
  ])(
    'of an unknown service ends with NOT_FOUND, which does not repeat the name: %s',
    async (_what, service) => {
      const { check } = await serveGrpc({ providers: [Live] });
      await expect(check(service)).rejects.toMatchObject(NOT_FOUND);
    },
  );

  it('of an empty app serves', async () => {
    const { check } = await serveGrpc();
    expect(await check('')).toBe('SERVING');
    expect(await check('readiness')).toBe('SERVING');
  });

  it('knows a check that was registered after boot, until it is removed', async () => {
    const { app, check } = await serveGrpc();
    await expect(check('late')).rejects.toMatchObject(NOT_FOUND);
    app.get(HealthRegistry).register('Late#check', { name: 'late', groups: ['g'] }, () => true);
    expect(await Promise.all(['late', 'Late#check', 'g'].map(check))).toEqual([
      'SERVING',
      'SERVING',
      'SERVING',
    ]);
    app.get(HealthRegistry).remove('Late#check');
    await expect(check('g')).rejects.toMatchObject(NOT_FOUND);
  });

  it('runs a check once for a thousand calls at a time', async () => {
    let runs = 0;
    let finish: (up: boolean) => void = () => undefined;
    const Counted = checkClass({ name: 'counted' }, () => {
      runs++;
      return new Promise<boolean>((resolve) => (finish = resolve));
    });
    const { app, check } = await serveGrpc({ providers: [Counted] });
    let asked = 0;
    const service = app.get(HealthService);
    const report = service.report.bind(service);
    service.report = (selector) => {
      if (++asked === 1_000) finish(true);
      return report(selector);
    };
    const statuses = await Promise.all(Array.from({ length: 1_000 }, () => check('')));
    expect(new Set(statuses)).toEqual(new Set(['SERVING']));
    expect([asked, runs]).toEqual([1_000, 1]);
  });

  it('ends with INTERNAL, and says no more, if no answer could be formed', async () => {
    const { app, check, list } = await serveGrpc();
    app.get(HealthService).report = () => Promise.reject(new Error('postgres://u:secret@db'));
    const failed = { code: 13, details: 'no health answer could be formed' };
    await expect(check('')).rejects.toMatchObject(failed);
    await expect(list()).rejects.toMatchObject(failed);
  });
});

describe('List', () => {
  it('has every service once, a check under its declared name or else its identity', async () => {
    const { list } = await serveGrpc({ providers: [Live, Ready, Slow, Cache] });
    expect(await list()).toEqual({
      '': 'NOT_SERVING',
      liveness: 'SERVING',
      readiness: 'NOT_SERVING',
      startup: 'SERVING',
      wellness: 'SERVING',
      storage: 'SERVING',
      soft: 'SERVING',
      live: 'SERVING',
      ready: 'NOT_SERVING',
      slow: 'SERVING',
      'Cache#check': 'SERVING',
    });
  });

  it('has a hundred services, and ends with RESOURCE_EXHAUSTED for more', async () => {
    const { app, list } = await serveGrpc();
    const registry = app.get(HealthRegistry);
    for (let number = 0; number < 95; number++) registry.register(`check ${number}`, {}, () => true);
    expect(Object.keys(await list())).toHaveLength(100);
    registry.register('check 95', {}, () => true);
    await expect(list()).rejects.toMatchObject({ code: 8, details: 'there are more than 100 services' });
  });

  it('runs a check once, in however many services it is', async () => {
    let runs = 0;
    const Everywhere = checkClass(
      { name: 'a', kinds: ['liveness', 'startup'], groups: ['b', 'c'] },
      async () => {
        runs++;
        return true;
      },
    );
    const { list } = await serveGrpc({ providers: [Everywhere] });
    await list();
    expect(runs).toBe(1);
  });
});

describe('before bootstrap is complete', () => {
  const SERVICES = ['', 'liveness', 'readiness', 'startup'];

  /** Asks the app's own server while Nest initialises the app. */
  @Injectable()
  class Early implements OnModuleInit {
    seen: string[] = [];

    constructor(private readonly server: GrpcHealthServer) {}

    async onModuleInit(): Promise<void> {
      const client = grpcClient(this.server.port as number);
      this.seen = await Promise.all(SERVICES.map(client.check));
    }
  }

  it('liveness serves, and nothing else does', async () => {
    const { app, check } = await serveGrpc({ providers: [Early, Live] });
    expect(app.get(Early).seen).toEqual(['NOT_SERVING', 'SERVING', 'NOT_SERVING', 'NOT_SERVING']);
    expect(await Promise.all(SERVICES.map(check))).toEqual(['SERVING', 'SERVING', 'SERVING', 'SERVING']);
  });

  it('readiness and startup are as the app says', async () => {
    const health = { emptyResponse: { readiness: 'UP', startup: 'UP' } } as const;
    const { app } = await serveGrpc({ providers: [Early, Live], health });
    expect(app.get(Early).seen).toEqual(['NOT_SERVING', 'SERVING', 'SERVING', 'SERVING']);
    expect(portOf(app)).toBeGreaterThan(0);
  });
});
