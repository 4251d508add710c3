import { setImmediate as nextTurn } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { ManualClock } from '@vitals/core/time';
import { ADAPTERS, boot, checkClass, type HealthAppOptions, serve } from '../test/health-app.js';
import { Health, HealthAccess, HealthComponent, HealthService, HealthStatus } from './index.js';

/** What a check of the database does: it answers when a test says so. */
const database = { runs: 0, answer: (_up: boolean): void => undefined };

@HealthComponent({ name: 'db', type: 'state.postgres' })
@Controller('db')
class Database {
  @Get()
  @Health({ name: 'db', kinds: ['readiness', 'liveness'], groups: ['deep'], timeout: '1m' })
  ping(): Promise<boolean> {
    database.runs++;
    return new Promise((resolve) => (database.answer = resolve));
  }
}

beforeEach(() => void (database.runs = 0));

async function slowApp(options: HealthAppOptions = {}) {
  const clock = new ManualClock();
  const served = await serve({
    controllers: [Database],
    clock,
    health: { answerWithin: '400ms' },
    ...options,
  });
  /** Asks while the database hangs; the time that an answer may take passes once it was begun to be asked. */
  const askWhileItHangs = async (path: string, init?: RequestInit) => {
    const runs = database.runs;
    const answer = served.ask(path, init);
    while (database.runs === runs) await nextTurn();
    await clock.advance(400);
    return answer;
  };
  const end = async (up: boolean): Promise<void> => {
    database.answer(up);
    await clock.settle();
  };
  return { ...served, clock, askWhileItHangs, end };
}

describe.each(ADAPTERS)('answerWithin, on %s', (_name, adapter) => {
  it('bounds every path and format: a check that is late is told by its last result', async () => {
    const { askWhileItHangs, end } = await slowApp({ adapter });
    const first = await askWhileItHangs('/health/ready');
    expect([first.status, first.body]).toEqual([
      503,
      expect.stringContaining('no result within 400 ms, and none from before'),
    ]);
    await end(true);
    for (const [path, code] of [
      ['/health', 200],
      ['/health/live', 200],
      ['/health/ready', 200],
      ['/health/group/deep', 200],
      ['/health/check/db', 200],
      ['/health/metrics', 200],
      ['/health/components', 200],
      ['/health/components/state.postgres/db', 200],
      ['/healthz?components=true', 204],
      ['/v1.0/healthz?components=true&approach=2', 204],
      ['/livez', 200],
      ['/readyz', 200],
      ['/readyz/db', 200],
      ['/db', 200],
      ...['mp-0003', 'health%2Bjson', 'terminus', 'spring', 'text', 'prometheus'].map(
        (format) => [`/health?format=${format}`, 200] as const,
      ),
    ] as const) {
      expect([path, (await askWhileItHangs(path)).status]).toEqual([path, code]);
      await end(true);
    }
  });

  it.each(['/health/check/cache', '/livez/cache'])(
    'bounds an answer by a name that is reported late, the search for it and who asks included: %s',
    async (path) => {
      const clock = new ManualClock();
      const runs = { cache: 0, hanging: 0 };
      const Cache = checkClass(
        { kinds: ['liveness'] },
        () => {
          runs.cache++;
          return HealthStatus.named('cache').up();
        },
        'Cache',
      );
      const Hanging = checkClass(
        { timeout: '1m', kinds: ['liveness'] },
        () => {
          runs.hanging++;
          return new Promise(() => undefined);
        },
        'Hanging',
      );
      const slow = { provide: HealthAccess, useValue: { accepts: () => new Promise(() => undefined) } };
      const { ask } = await serve({
        adapter,
        clock,
        providers: [Cache, Hanging, slow],
        health: { answerWithin: '400ms' },
      });
      let answered: number | undefined;
      const forwarded = { headers: { 'x-forwarded-for': '203.0.113.9' } };
      const answer = ask(path, forwarded).then(({ status }) => (answered = status));
      while (runs.hanging === 0) await nextTurn();
      await clock.advance(400);
      expect([await answer, answered, runs.cache]).toEqual([200, 200, 1]);
    },
  );

  it('counts the late result for the next answer, and says how old one is that is too old', async () => {
    const { askWhileItHangs, clock, end } = await slowApp({ adapter });
    await askWhileItHangs('/readyz');
    await end(false);
    expect((await askWhileItHangs('/readyz')).status).toBe(500);
    await end(true);
    expect((await askWhileItHangs('/readyz')).status).toBe(200);
    await clock.advance(29_000);
    await end(true);
    await clock.advance(30_000);
    const stale = await askWhileItHangs('/health/ready');
    expect([stale.status, stale.body]).toEqual([
      503,
      expect.stringMatching(/no result within 400 ms; the last one is 30(\.\d)? s old/),
    ]);
  });
});

describe('Without answerWithin', () => {
  it('an answer takes as long as its checks, and a report of the app may be bounded all the same', async () => {
    const clock = new ManualClock();
    const app = await boot({ controllers: [Database], clock });
    const health = app.get(HealthService);
    const whole = Promise.resolve(health.report());
    const bounded = Promise.resolve(health.report({}, 100));
    await clock.advance(100);
    expect((await bounded).state).toBe('DOWN');
    database.answer(true);
    expect((await whole).state).toBe('UP');
  });
});

it.each([
  ['400', /answerWithin: "400" is not a duration: it has no unit/],
  [0, /answerWithin: must be longer than 0/],
])('answerWithin of %j fails the boot', async (answerWithin, message) => {
  await expect(boot({ health: { answerWithin } })).rejects.toThrow(message);
});
