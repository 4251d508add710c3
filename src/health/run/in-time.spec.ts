import fc from 'fast-check';
import { ManualClock } from '../../time/manual-clock.js';
import { type Check, CHECK_DEFAULTS, type CheckResult } from '../health-check.js';
import { CheckRunner } from './check-runner.js';

/** Checks of these durations, each `UP`, and a runner on a manual clock. */
function setUp(durations: readonly number[], options: Partial<Check> = {}) {
  const clock = new ManualClock();
  const ran: CheckResult[] = [];
  const runner = new CheckRunner(clock, { ran: (result) => void ran.push(result) });
  const state = { durations: [...durations], up: true };
  const checks = durations.map((_, at): Check => ({
    ...CHECK_DEFAULTS,
    ...options,
    id: `c${at}`,
    run: () => new Promise((resolve) => clock.after(state.durations[at] as number, () => resolve(state.up))),
  }));
  /** Asks, and says when the answer came and what it was. */
  const ask = async (withinMs?: number) => {
    const askedMs = clock.monotonicMs();
    let answeredMs: number | undefined;
    const answer = Promise.resolve(runner.results(checks, withinMs)).then((results) => {
      answeredMs = clock.monotonicMs() - askedMs;
      return results;
    });
    while (answeredMs === undefined) await clock.advance(1);
    return { answeredMs, results: await answer };
  };
  return { clock, runner, checks, state, ask, ran };
}

describe('An answer within a time', () => {
  it('waits for every check that ends in it', async () => {
    const { ask } = setUp([10, 300]);
    const { answeredMs, results } = await ask(400);
    expect(answeredMs).toBe(300);
    expect(results.map(({ state, ageMs }) => [state, ageMs])).toEqual([
      ['UP', 0],
      ['UP', 0],
    ]);
  });

  it('says of a check that is late, and never ended before, that there is no result; the others keep theirs', async () => {
    const { ask } = setUp([10, 500]);
    const { answeredMs, results } = await ask(400);
    expect(answeredMs).toBe(400);
    expect(results).toMatchObject([
      { state: 'UP' },
      { id: 'c1', state: 'DOWN', reason: 'no result within 400 ms, and none from before' },
    ]);
  });

  it('tells of a check that is late what its last run gave, with its age', async () => {
    const { ask, clock, state } = setUp([100]);
    await ask(400);
    state.durations[0] = 500;
    await clock.advance(5_000);
    const { answeredMs, results } = await ask(400);
    expect(answeredMs).toBe(400);
    expect(results).toMatchObject([{ state: 'UP', ageMs: 5_400, reason: undefined }]);
  });

  it('lets the late run go on, which counts for the next answer and is observed once', async () => {
    const { ask, clock, state, ran } = setUp([500]);
    state.up = false;
    await ask(400);
    await clock.advance(200);
    expect(ran).toMatchObject([{ state: 'DOWN', durationMs: 500 }]);
    state.up = true;
    const { results } = await ask(400);
    expect(results).toMatchObject([{ state: 'DOWN', ageMs: 500, reason: 'the check returned false' }]);
  });

  it('shares the run in progress, which a second question does not start again', async () => {
    const { ask, ran, clock } = setUp([700]);
    await ask(300);
    await ask(300);
    await clock.advance(100);
    expect(ran).toHaveLength(1);
  });

  it('tells a check whose run outlives its timeout as timed out from the next answer on', async () => {
    const { ask, clock } = setUp([60_000]);
    await ask(400);
    await clock.advance(400);
    const { results } = await ask(400);
    expect(results).toMatchObject([{ state: 'DOWN', reason: 'timed out after 800 ms' }]);
  });

  it.each([
    [{ timeoutMs: 600_000 }, 30_000],
    [{ timeoutMs: 600_000, cacheForMs: 60_000 }, 90_000],
  ])('of %j believes a last result for %d ms, and then says how old it is', async (options, believedMs) => {
    const { ask, clock, state } = setUp([1], options);
    await ask(100);
    state.durations[0] = 600_000;
    await clock.advance(believedMs - 200);
    expect((await ask(100)).results).toMatchObject([{ state: 'UP' }]);
    await clock.advance(200);
    const { results } = await ask(100);
    const age = believedMs === 30_000 ? '30.2 s' : '1 m 30 s';
    expect(results).toMatchObject([
      { state: 'DOWN', reason: `no result within 100 ms; the last one is ${age} old` },
    ]);
  });

  it('is no change of a check if its last result was too old for an answer', async () => {
    const clock = new ManualClock();
    const changes: string[] = [];
    const runner = new CheckRunner(clock, { changed: ({ state }, from) => changes.push(`${from} ${state}`) });
    let outcome: unknown = true;
    const takes = (): Promise<unknown> => new Promise((resolve) => clock.after(300, () => resolve(outcome)));
    const check: Check = { ...CHECK_DEFAULTS, id: 'a', failureThreshold: 2, successThreshold: 2, run: takes };
    const ask = async () => {
      const results = runner.results([check], 100);
      await clock.advance(31_000);
      return (await results)[0];
    };
    const answers = [await ask(), await ask(), await ask()].map((result) => result?.reason);
    const late = 'no result within 100 ms; the last one is 30.8 s old';
    expect(answers).toEqual(['no result within 100 ms, and none from before', late, late]);
    expect(changes).toEqual([]);
    expect(runner.last(check)).toMatchObject({ state: 'UP', reason: undefined });
    outcome = false;
    await ask();
    expect(runner.last(check)).toMatchObject({
      state: 'UP',
      reason: expect.stringContaining('failed 1 of 2'),
    });
  });

  it('waits as long as the checks do if there is no time', async () => {
    expect((await setUp([799]).ask()).answeredMs).toBe(799);
  });

  it('never takes longer, keeps the order, and is UP only for what was UP no longer ago than is believed', async () => {
    const question = fc.record({ pauseMs: fc.nat(40_000), durationMs: fc.nat(1_200), up: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 900 }),
        fc.array(question, { minLength: 1, maxLength: 6 }),
        async (withinMs, questions) => {
          const { ask, clock, state, ran, checks } = setUp([0, 0]);
          for (const { pauseMs, durationMs, up } of questions) {
            state.durations = [durationMs, durationMs >> 1];
            state.up = up;
            const { answeredMs, results } = await ask(withinMs);
            expect(answeredMs).toBeLessThanOrEqual(withinMs);
            expect(results.map(({ id }) => id)).toEqual(checks.map(({ id }) => id));
            for (const { id, state: told, ageMs } of results) {
              const last = ran.findLast((result) => result.id === id);
              if (told === 'UP') expect([last?.state, ageMs < 30_000]).toEqual(['UP', true]);
            }
            await clock.advance(pauseMs);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
