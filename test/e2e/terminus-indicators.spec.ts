import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { NestApplication } from '@nestjs/core';
import {
  DiskHealthIndicator,
  HealthIndicatorService,
  HttpHealthIndicator,
  MemoryHealthIndicator,
  TerminusModule,
  TypeOrmHealthIndicator,
} from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Health } from '@vitals/health';
import sqlite from 'libsql';
import { DataSource } from 'typeorm';
import { ADAPTERS, serve } from '../../libs/health/test/health-app.js';

/** What the indicators look at; a test changes it. */
const world = { url: '', usedPart: 1, heapBytes: Number.MAX_SAFE_INTEGER, replicas: 3 };

/** Indicators of terminus, called where their knowledge is needed, and returned as they are. */
@Injectable()
class Indicators {
  constructor(
    @Inject(TypeOrmHealthIndicator) private readonly typeorm: TypeOrmHealthIndicator,
    @Inject(HttpHealthIndicator) private readonly http: HttpHealthIndicator,
    @Inject(DiskHealthIndicator) private readonly disk: DiskHealthIndicator,
    @Inject(MemoryHealthIndicator) private readonly memory: MemoryHealthIndicator,
    @Inject(HealthIndicatorService) private readonly indicator: HealthIndicatorService,
  ) {}

  @Health({ kinds: ['readiness'], external: true })
  database() {
    return this.typeorm.pingCheck('database');
  }

  @Health({ kinds: ['readiness'], external: true })
  neighbour() {
    return this.http.pingCheck('neighbour', world.url);
  }

  @Health()
  storage() {
    return this.disk.checkStorage('storage', { path: '/', thresholdPercent: world.usedPart });
  }

  @Health({ kinds: ['liveness'] })
  heap() {
    return this.memory.checkHeap('heap', world.heapBytes);
  }

  @Health()
  replicas() {
    const { replicas } = world;
    const session = this.indicator.check('replicas');
    return replicas === 3 ? session.up({ replicas }) : session.down({ replicas, message: 'too few' });
  }

  @Health()
  attempt() {
    return this.indicator.check('attempt').attempt(() => {
      if (world.replicas === 0) throw new Error('no replica answers');
      return { replicas: world.replicas };
    });
  }
}

/** What terminus 12.1 counts as well, though not as up. */
@Injectable()
class Degraded {
  constructor(@Inject(HealthIndicatorService) private readonly indicator: HealthIndicatorService) {}

  @Health()
  cache() {
    return this.indicator.check('cache').degraded({ hitRate: 0.1 });
  }
}

/** Names of the checks, in the order of an answer. */
const NAMES = ['attempt', 'database', 'heap', 'neighbour', 'replicas', 'storage'];

let neighbour: Server;
let neighbourStatus: number;

beforeEach(async () => {
  Object.assign(world, { usedPart: 1, heapBytes: Number.MAX_SAFE_INTEGER, replicas: 3 });
  neighbourStatus = 200;
  neighbour = createServer((_request, response) => response.writeHead(neighbourStatus).end());
  await new Promise<void>((resume) => neighbour.listen(0, '127.0.0.1', resume));
  world.url = `http://127.0.0.1:${(neighbour.address() as AddressInfo).port}/`;
});

afterEach(() => void (neighbour.listening && neighbour.close()));

describe.each(ADAPTERS)('Indicators of terminus, called from checks on %s', (_name, adapter) => {
  const deployed = () =>
    serve({
      adapter,
      imports: [
        TerminusModule,
        TypeOrmModule.forRoot({ type: 'better-sqlite3', driver: sqlite, database: ':memory:' }),
      ],
      providers: [Indicators],
    });

  it('are UP under the key that the indicator was given', async () => {
    const { ask } = await deployed();
    const { status, json } = await ask('/health');
    expect([status, json]).toMatchObject([
      200,
      { status: 'UP', checks: NAMES.map((name) => ({ name, status: 'UP' })) },
    ]);
    const { json: replicas } = await ask('/health/check/Indicators%23replicas');
    expect(replicas.checks).toMatchObject([{ name: 'replicas', data: { replicas: 3 } }]);
    expect((await ask('/health/ready')).json.checks.map(({ name }) => name)).toEqual([
      'database',
      'neighbour',
    ]);
    expect((await ask('/health/live')).json.checks.map(({ name }) => name)).toEqual(['heap']);
  });

  it.each<[string, (app: NestApplication) => unknown, Record<string, RegExp>]>([
    ['TypeORM ping', (app) => app.get(DataSource).destroy(), { database: /connect|closed|open/i }],
    ['HTTP ping of who is gone', () => neighbour.close(), { neighbour: /ECONNREFUSED/ }],
    ['HTTP ping of who answers 500', () => (neighbourStatus = 500), { neighbour: /status code 500/ }],
    ['disk indicator', () => (world.usedPart = 0), { storage: /disk storage/ }],
    ['memory indicator', () => (world.heapBytes = 1), { heap: /heap/ }],
    ['indicator of the app', () => (world.replicas = 1), { replicas: /^too few$/ }],
    ['attempt', () => (world.replicas = 0), { attempt: /^no replica answers$/, replicas: /^too few$/ }],
  ])('are DOWN with the reason of a failing %s, beside every other result', async (_what, fail, reasons) => {
    const { app, ask } = await deployed();
    await fail(app);
    const { status, json } = await ask('/health');
    expect([status, json]).toMatchObject([
      503,
      {
        status: 'DOWN',
        checks: NAMES.map((name) => ({
          name,
          ...(reasons[name]
            ? { status: 'DOWN', data: { reason: expect.stringMatching(reasons[name]) as string } }
            : { status: 'UP' }),
        })),
      },
    ]);
  });

  it('are DEGRADED when the indicator says so, and the whole answers 200', async () => {
    const { ask } = await serve({ adapter, imports: [TerminusModule], providers: [Degraded] });
    const { status, json } = await ask('/health');
    expect([status, json]).toMatchObject([
      200,
      { status: 'UP', checks: [{ name: 'cache', status: 'UP', data: { degraded: true, hitRate: 0.1 } }] },
    ]);
  });
});
