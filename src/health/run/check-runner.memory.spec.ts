import { ManualClock } from '../../time/manual-clock.js';
import { type Check, CHECK_DEFAULTS } from '../health-check.js';
import { HealthStatus } from '../status.js';
import { CheckRunner } from './check-runner.js';

/** A check whose outcome is switched, with a count of its runs and a record of its changes. */
function setUp(more: Partial<Check> = {}) {
  const clock = new ManualClock();
  const seen = { runs: 0, changes: [] as string[], ran: [] as string[], outcome: true as unknown };
  const runner = new CheckRunner(clock, {
    ran: ({ state }) => seen.ran.push(state),
    changed: ({ state, reason }, from) => seen.changes.push([from, state, reason].join(' ')),
  });
  const check: Check = {
    ...CHECK_DEFAULTS,
    id: 'Db#ping',
    run: () => (seen.runs++, seen.outcome),
    ...more,
  };
  const ask = async () => {
    const { state, reason, ageMs } = await runner.result(check);
    return { state, reason, ageMs };
  };
  return { clock, runner, check, seen, ask };
}

describe('CheckRunner, a cached check', () => {
  it('answers with the last result and its age until that is used up', async () => {
    const { clock, seen, ask } = setUp({ cacheForMs: 1_000 });
    expect(await ask()).toMatchObject({ state: 'UP', ageMs: 0 });
    seen.outcome = false;
    await clock.advance(999);
    expect(await ask()).toMatchObject({ state: 'UP', ageMs: 999 });
    await clock.advance(1);
    expect(await ask()).toMatchObject({ state: 'DOWN', ageMs: 0 });
    expect(seen.runs).toBe(2);
  });

  it('keeps its results apart from those of a check with the same name and id', async () => {
    const { clock, runner, check } = setUp({ cacheForMs: 60_000 });
    const other: Check = { ...check, run: () => false };
    await runner.result(check);
    expect(await runner.result(other)).toMatchObject({ state: 'DOWN' });
    await clock.advance(1);
    expect(await runner.result(check)).toMatchObject({ state: 'UP', ageMs: 1 });
  });

  it('takes its age from the monotonic clock: a wall clock that jumps makes nothing younger', async () => {
    const { clock, seen, ask } = setUp({ cacheForMs: 1_000 });
    await ask();
    await clock.advance(1_000);
    clock.setWall(clock.wallMs() - 3_600_000);
    await ask();
    expect(seen.runs).toBe(2);
  });

  it('runs anew once what is remembered was dropped', async () => {
    const { runner, check, seen, ask } = setUp({ cacheForMs: 60_000 });
    await ask();
    runner.forget(check);
    await ask();
    expect(seen.runs).toBe(2);
  });
});

describe('CheckRunner, a check that runs in the background', () => {
  const background = { everyMs: 10_000, staleAfterMs: 30_000 };

  it('runs for the first request that finds no result, and not for the next', async () => {
    const { clock, seen, ask } = setUp(background);
    await ask();
    seen.outcome = false;
    await clock.advance(29_999);
    expect(await ask()).toEqual({ state: 'UP', reason: undefined, ageMs: 29_999 });
    expect(seen.runs).toBe(1);
  });

  it('is DOWN with the reason stale once its result is too old, and UP again with the next run', async () => {
    const { clock, runner, check, ask } = setUp(background);
    await ask();
    await clock.advance(30_000);
    expect(await ask()).toEqual({ state: 'DOWN', reason: 'stale', ageMs: 30_000 });
    await runner.run(check);
    expect(await ask()).toMatchObject({ state: 'UP', ageMs: 0 });
  });

  it('tells that it went stale without being asked, once', async () => {
    const { clock, runner, check, seen, ask } = setUp(background);
    await ask();
    await clock.advance(300_000);
    expect(seen.changes).toEqual(['UP DOWN stale']);
    await ask();
    await runner.run(check);
    expect(seen.changes).toEqual(['UP DOWN stale', 'DOWN UP ']);
  });

  it('serves the last result while the next run hangs, then DOWN', async () => {
    const { clock, runner, check, seen, ask } = setUp(background);
    await ask();
    seen.outcome = new Promise(() => undefined);
    void runner.run(check);
    expect(await ask()).toMatchObject({ state: 'UP' });
    await clock.advance(800);
    expect(await ask()).toMatchObject({ state: 'DOWN', reason: 'timed out after 800 ms' });
  });

  it('arms nothing for a check that was forgotten during a run', async () => {
    const { clock, runner, check, seen } = setUp(background);
    seen.outcome = new Promise((resolve) => clock.after(100, () => resolve(true)));
    const run = runner.run(check);
    runner.forget(check);
    await clock.advance(100);
    expect(await run).toMatchObject({ state: 'UP' });
    await clock.advance(60_000);
    expect(seen.changes).toEqual([]);
  });
});

describe('CheckRunner, a check that was taken out', () => {
  it('does not come back by a run that takes it out itself', async () => {
    const { clock, runner, check, seen } = setUp({ everyMs: 10_000, staleAfterMs: 30_000 });
    seen.outcome = { subscribe: () => runner.forget(check) };
    const removing: Check = { ...check, run: () => runner.forget(removing) };
    await runner.run(removing);
    await clock.advance(300_000);
    expect([seen.changes, seen.ran]).toEqual([[], []]);
  });
});

describe('CheckRunner, staleness and damping', () => {
  it('does not call a stale check UP again for a run that failed', async () => {
    const background = { everyMs: 10_000, staleAfterMs: 30_000 };
    const { clock, runner, check, seen, ask } = setUp({ ...background, failureThreshold: 5 });
    await ask();
    await clock.advance(31_000);
    seen.outcome = false;
    await runner.run(check);
    expect(await ask()).toMatchObject({ state: 'DOWN' });
    seen.outcome = true;
    await runner.run(check);
    expect(await ask()).toMatchObject({ state: 'UP' });
  });

  it('tells no staleness after a standstill, if the next run is due as well', async () => {
    const { clock, runner, check, seen, ask } = setUp({ everyMs: 10_000, staleAfterMs: 30_000 });
    await ask();
    clock.after(30_001, () => void runner.run(check));
    clock.jump(60_000);
    await clock.advance(1_000);
    expect(seen.changes).toEqual([]);
  });
});

describe('CheckRunner, an observer that throws', () => {
  it('spoils no result', async () => {
    const broken = (): never => {
      throw Object.create(null);
    };
    const runner = new CheckRunner(new ManualClock(), { ran: broken, changed: broken });
    const check: Check = { ...CHECK_DEFAULTS, id: 'a', run: () => false };
    expect(await runner.result(check)).toMatchObject({ state: 'DOWN' });
  });
});

describe('CheckRunner, changes', () => {
  it('tells UP → DOWN → UP as exactly two changes, however often it runs', async () => {
    const { runner, check, seen } = setUp();
    for (const outcome of [true, true, false, false, true, true]) {
      seen.outcome = outcome;
      await runner.run(check);
    }
    expect(seen.changes).toEqual(['UP DOWN the check returned false', 'DOWN UP ']);
  });

  it('tells a check that is not UP from the start', async () => {
    const { seen, ask } = setUp();
    seen.outcome = HealthStatus.degraded('slow');
    await ask();
    expect(seen.changes).toEqual([' DEGRADED slow']);
  });

  it('does not tell what damping holds back, though every run is told', async () => {
    const { runner, check, seen } = setUp({ failureThreshold: 2 });
    for (const outcome of [true, false, true, false, false]) {
      seen.outcome = outcome;
      await runner.run(check);
    }
    expect(seen.ran).toEqual(['UP', 'DOWN', 'UP', 'DOWN', 'DOWN']);
    expect(seen.changes).toEqual(['UP DOWN the check returned false']);
  });
});
