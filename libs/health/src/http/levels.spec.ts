import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AbstractHttpAdapter, NestApplication } from '@nestjs/core';
import { HEALTH_FORMATS, type HealthDetail, type HealthFormat } from '@vitals/core/health';
import { ADAPTERS, boot } from '../../test/health-app.js';
import {
  filled,
  plant,
  PLANTED,
  PLANTED_APP,
  PLANTED_OPTIONS,
  QUERIES,
  refuseWork,
} from '../../test/planted-app.js';
import { rawRequest } from '../../test/raw-request.js';
import { type HealthModuleOptions, HealthServer } from '../index.js';
import { type FoundRoute, HealthPaths } from './health.paths.js';
import { HealthRoutes } from './health.routes.js';
import { FORWARDING_HEADERS } from './serving/framework-exchange.js';

/** Formats that have no place for data and reasons. */
const WITHOUT_DATA: readonly HealthFormat[] = ['text', 'prometheus'];

/** What an answer at a level must not have. */
const KEPT: Readonly<Record<HealthDetail, readonly (keyof typeof PLANTED)[]>> = {
  status: ['name', 'data', 'reason'],
  names: ['data', 'reason'],
  full: [],
};

interface Caller {
  readonly who: string;
  readonly level: HealthDetail;
  readonly detail?: HealthModuleOptions['detail'];
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const VIA = { via: '1.1 proxy' };
const KEY = { 'x-key': 'open' };
const EVERYWHERE = '0.0.0.0';

const CALLERS: readonly Caller[] = [
  { who: 'who asks on loopback', level: 'full' },
  { who: 'who was forwarded', level: 'names', headers: VIA },
  { who: 'who was forwarded and is accepted', level: 'full', headers: { ...VIA, ...KEY } },
  { who: 'who asks an app on all addresses', level: 'names', host: EVERYWHERE },
  { who: 'who asks an app on all addresses and is accepted', level: 'full', host: EVERYWHERE, headers: KEY },
  { who: 'everybody, by the option status', level: 'status', detail: 'status', headers: KEY },
  { who: 'everybody, by the option names', level: 'names', detail: 'names', headers: KEY },
  { who: 'everybody, by the option full', level: 'full', detail: 'full', host: EVERYWHERE, headers: VIA },
];

type Door = readonly [string, () => AbstractHttpAdapter, isOwnPort: boolean];

const DOORS: readonly Door[] = [
  ...ADAPTERS.map(([name, adapter]): Door => [name, adapter, false]),
  ['a port of its own', (ADAPTERS[0] as (typeof ADAPTERS)[0])[1], true],
];

/** What came back for a request, headers included. */
interface Told {
  readonly target: string;
  readonly text: string;
}

function leaks(told: readonly Told[], level: HealthDetail): Told[] {
  return told.filter(({ text }) => KEPT[level].some((kind) => text.includes(PLANTED[kind])));
}

/** Which of names, data and reasons are somewhere in it. */
function kindsIn(told: readonly Told[]): string[] {
  return Object.entries(PLANTED).flatMap(([kind, word]) =>
    told.some(({ text }) => text.includes(word)) ? [kind] : [],
  );
}

const ALLOWED = { status: [], names: ['name'], full: ['name', 'data', 'reason'] };

describe('the level of detail of every path in every format', () => {
  let app: NestApplication;

  /** Every path with every query, asked without a connection. */
  const askAll = (local: boolean, key: string): Promise<Told[]> => {
    const caller = () => ({ headers: { 'x-key': key }, url: '', address: undefined });
    const routes = app.get(HealthRoutes, { strict: false }).all();
    const asked = new HealthPaths(routes);
    return Promise.all(
      routes
        .flatMap(({ path }) => filled(path))
        .flatMap((path) => QUERIES.map((query) => path + query))
        .map(async (target) => {
          const { route, params } = asked.find(target) as FoundRoute;
          const query = new URLSearchParams(target.split('?')[1]);
          const answer = await route.answer({ local, params, query, accept: undefined, caller });
          return { target, text: JSON.stringify(answer) };
        }),
    );
  };

  it.each([
    ['status', 'status', true, 'open'],
    ['names', 'names', true, 'open'],
    ['full', 'full', false, ''],
    ['full', 'auto', true, ''],
    ['names', 'auto', false, ''],
    ['names', 'auto', false, 'wrong'],
    ['full', 'auto', false, 'open'],
  ] as const)(
    'is %s with the option %s, for local: %s, with the key %j',
    async (level, detail, local, key) => {
      app = await boot({ ...PLANTED_APP, health: { ...PLANTED_OPTIONS, detail } });
      plant(app);
      const told = await askAll(local, key);
      expect(told.length).toBeGreaterThan(300);
      expect(leaks(told, level)).toEqual([]);
      expect(kindsIn(told)).toEqual(ALLOWED[level]);
      refuseWork(app);
      expect(leaks(await askAll(local, key), level)).toEqual([]);
    },
  );

  it.each(['names', 'full'] as const)('is used to its full in every format: %s', async (detail) => {
    app = await boot({ ...PLANTED_APP, health: { ...PLANTED_OPTIONS, detail } });
    const told = await askAll(true, '');
    for (const format of HEALTH_FORMATS) {
      const query = `/health?format=${encodeURIComponent(format)}&verbose`;
      const kinds = kindsIn(told.filter(({ target }) => target === query));
      const hasData = detail === 'full' && !WITHOUT_DATA.includes(format);
      expect([format, kinds.includes('name'), kinds.includes('data')]).toEqual([format, true, hasData]);
    }
  });

  it('leaves an answer of healthz to ?components=true without a body where the status is all', async () => {
    app = await boot({ ...PLANTED_APP, health: { ...PLANTED_OPTIONS, detail: 'status' } });
    plant(app);
    const told = (await askAll(true, '')).filter(({ target }) => /healthz\?components=true/.test(target));
    expect(told.map(({ text }) => text)).toEqual(
      told.map(() => '{"status":200,"headers":{"cache-control":"no-store"}}'),
    );
  });
});

describe.each(DOORS)('how much is told on %s', (_name, adapter, isOwnPort) => {
  /** Serves the app, and returns what asks it for some targets. */
  const serve = async ({ detail, host = '127.0.0.1' }: Pick<Caller, 'detail' | 'host'>) => {
    const health = { ...PLANTED_OPTIONS, detail, ...(isOwnPort && { port: 0, host }) };
    const app = await boot({ adapter, ...PLANTED_APP, health });
    plant(app);
    if (!isOwnPort) await app.listen(0, host);
    const port = isOwnPort ? app.get(HealthServer).port : (app.getHttpServer().address() as AddressInfo).port;
    const agent = new Agent({ keepAlive: true });
    const ask = async (target: string, headers: Caller['headers'] = {}): Promise<Told> => {
      const answer = await rawRequest(port as number, target, { agent, headers });
      const head = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      return { target, text: [answer.status, ...head, answer.body].join('\n') };
    };
    return { app, ask };
  };

  it.each(CALLERS)('is $level to $who', async ({ level, headers, ...how }) => {
    const { app, ask } = await serve(how);
    const paths = app
      .get(HealthRoutes, { strict: false })
      .all()
      .flatMap(({ path }) => filled(path));
    const routes = isOwnPort ? [] : ['/app/check', '/app/off', '/app/check?format=spring'];
    const targets = [...paths, '/readyz?verbose', '/healthz?components=true', ...routes];
    const askAll = () => Promise.all(targets.map((target) => ask(target, headers)));
    const told = await askAll();
    refuseWork(app);
    told.push(...(await askAll()));
    expect(leaks(told, level)).toEqual([]);
    expect(kindsIn(told)).toEqual(ALLOWED[level]);
  });

  it('is names to who comes with a header that proxies add', async () => {
    const { ask } = await serve({});
    const others = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded', 'x-envoy-internal'];
    for (const header of [...FORWARDING_HEADERS, ...others]) {
      const targets = ['/health', '/healthz?components=true', '/health/components'];
      const told = await Promise.all(targets.map((target) => ask(target, { [header]: '203.0.113.9' })));
      expect([header, leaks(told, 'names')]).toEqual([header, []]);
    }
    expect(kindsIn([await ask('/health')])).toEqual(ALLOWED.full);
  });
});
