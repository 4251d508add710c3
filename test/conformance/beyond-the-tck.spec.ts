import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, type OnApplicationBootstrap, Scope } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Health, HealthRegistry, HealthStatus, Liveness, Readiness } from '@vitals/health';
import { ADAPTERS, boot, checkClass, recordingLogger, serve } from '../../libs/health/test/health-app.js';

/** The members of MicroProfile in an answer. */
function outcomes(json: object) {
  const { status, checks } = json as { status: string; checks: { name: string; status: string }[] };
  return { status, checks: checks.map((check) => [check.name, check.status]) };
}

const throwing = (thrown: unknown) => () => {
  throw thrown;
};

/** A check with data of every type that the schema allows. */
class WithEveryType {
  @Health()
  check(): HealthStatus {
    const status = HealthStatus.named('typed').up();
    return status.withAttribute('text', 'x').withAttribute('number', 1.5).withAttribute('boolean', false);
  }
}

/** One method, two kinds. */
class TwoKinds {
  runs = 0;

  @Liveness('both')
  @Readiness()
  check(): void {
    this.runs++;
  }
}

class Base {
  @Readiness('overridden')
  check(): HealthStatus {
    return HealthStatus.down('that of the base');
  }
}

class Derived extends Base {
  override check(): HealthStatus {
    return HealthStatus.up();
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @Readiness('per-request')
  check(): boolean {
    return false;
  }
}

/** Asks the app while its bootstrap is held up, as a probe does that comes early. */
@Injectable()
class Early implements OnApplicationBootstrap {
  readonly answers: unknown[] = [];

  constructor(private readonly host: HttpAdapterHost) {}

  async onApplicationBootstrap(): Promise<void> {
    const adapter = this.host.httpAdapter;
    await adapter.getInstance<{ ready?: () => PromiseLike<unknown> }>().ready?.();
    const server = adapter.getHttpServer() as Server;
    await new Promise<void>((resume) => server.listen(0, '127.0.0.1', resume));
    const { port } = server.address() as AddressInfo;
    for (const path of ['live', 'ready', 'started']) {
      const answer = await fetch(`http://127.0.0.1:${port}/health/${path}`);
      this.answers.push([path, answer.status, await answer.json()]);
    }
  }
}

describe.each(ADAPTERS)('Beyond the TCK, on %s', (_name, adapter) => {
  it.each<[string, () => unknown]>([
    ['throws', throwing(new Error('broken'))],
    ['throws null', throwing(null)],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['rejects with nothing', () => Promise.reject()],
  ])(
    'a check that %s is DOWN under its declared name or identity, beside the others',
    async (_what, check) => {
      const { ask } = await serve({
        adapter,
        providers: [
          checkClass({ name: 'declared' }, check, 'Declared'),
          checkClass({}, check, 'Unnamed'),
          checkClass({ name: 'well' }, () => true, 'Well'),
        ],
      });
      const { status, json } = await ask('/health');
      expect([status, outcomes(json)]).toEqual([
        503,
        {
          status: 'DOWN',
          checks: [
            ['Unnamed#check', 'DOWN'],
            ['declared', 'DOWN'],
            ['well', 'UP'],
          ],
        },
      ]);
    },
  );

  it.each([
    [undefined, 503, 503],
    [{ readiness: 'UP' as const }, 200, 503],
    [{ startup: 'UP' as const }, 503, 200],
  ])(
    'before bootstrap is complete, nothing is run; emptyResponse %j',
    async (emptyResponse, ready, started) => {
      const app = await boot({
        adapter,
        health: emptyResponse ? { emptyResponse } : {},
        providers: [Early, checkClass({ kinds: ['liveness', 'readiness', 'startup'] }, () => false)],
      });
      const of = (code: number) => [code, { status: code === 200 ? 'UP' : 'DOWN', checks: [] }];
      expect(app.get(Early).answers).toEqual([
        ['live', ...of(200)],
        ['ready', ...of(ready)],
        ['started', ...of(started)],
      ]);
    },
  );

  it('data keeps texts, numbers and booleans as they are', async () => {
    const { ask } = await serve({ adapter, providers: [WithEveryType] });
    expect((await ask('/health')).json.checks).toMatchObject([
      { name: 'typed', data: { text: 'x', number: 1.5, boolean: false } },
    ]);
  });

  it('a method with two kinds is in the answer of each, once in the whole, and runs once a request', async () => {
    const { app, ask } = await serve({ adapter, providers: [TwoKinds] });
    for (const path of ['/health', '/health/live', '/health/ready']) {
      const { status, json } = await ask(path);
      expect([status, outcomes(json)]).toEqual([200, { status: 'UP', checks: [['both', 'UP']] }]);
    }
    expect(app.get(TwoKinds).runs).toBe(3);
  });

  it('requests at the same time share one run', async () => {
    let runs = 0;
    let finish: () => void = () => undefined;
    const slow = checkClass({ name: 'slow', timeout: '10s' }, () => {
      runs++;
      return new Promise<void>((resume) => (finish = resume));
    });
    const { app, ask } = await serve({ adapter, providers: [slow] });
    let arrived = 0;
    app.getHttpServer().on('request', () => arrived++);
    const asked = Array.from({ length: 20 }, (_, at) => ask(at % 2 ? '/health' : '/health/check/slow'));
    while (arrived < asked.length) await new Promise(setImmediate);
    expect((await ask('/health/live')).status).toBe(200);
    finish();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
    expect(runs).toBe(1);
  });

  it('a request-scoped provider is refused with a warning that names it, and is not in the answer', async () => {
    const { lines, logger } = recordingLogger();
    const { ask } = await serve({ adapter, logger, providers: [PerRequest] });
    expect((await ask('/health')).json).toEqual({ status: 'UP', checks: [] });
    expect(lines.warn).toEqual([
      expect.stringMatching(/^PerRequest#check is not a health check: .*request-scoped/),
    ]);
  });

  it('a method that overrides a check is that check', async () => {
    const { ask } = await serve({ adapter, providers: [Derived] });
    expect(outcomes((await ask('/health/ready')).json)).toEqual({
      status: 'UP',
      checks: [['overridden', 'UP']],
    });
  });

  it('an alias of a provider adds no second check', async () => {
    const aliases = ['one', 'other'].map((provide) => ({ provide, useExisting: TwoKinds }));
    const { ask } = await serve({ adapter, providers: [TwoKinds, ...aliases] });
    expect((await ask('/health')).json.checks).toHaveLength(1);
  });

  it('a check may come and go while the app runs', async () => {
    const { app, ask } = await serve({ adapter });
    const registry = app.get(HealthRegistry);
    registry.register('late', { name: 'late', kinds: ['readiness'] }, () => false);
    expect([(await ask('/health/ready')).status, (await ask('/health/live')).status]).toEqual([503, 200]);
    registry.remove('late');
    expect((await ask('/health/ready')).json).toEqual({ status: 'UP', checks: [] });
  });
});
