import { ManualClock } from '../../time/manual-clock.js';
import { CheckRunner } from './check-runner.js';
import { type Check, CHECK_DEFAULTS } from '../health-check.js';

function setUp() {
  const clock = new ManualClock();
  const changes: string[] = [];
  const runner = new CheckRunner(clock, {
    changed: ({ state, reason }, from) => changes.push(`${from} → ${state}${reason ? ` (${reason})` : ''}`),
  });
  const check = (run: Check['run'], id = 'Disk#check', more: Partial<Check> = {}): Check => {
    return { ...CHECK_DEFAULTS, id, run, ...more };
  };
  const takes = (ms: number, value: unknown = true) =>
    new Promise<unknown>((resolve) => clock.after(ms, () => resolve(value)));
  return { clock, runner, check, takes, changes };
}

describe('CheckRunner', () => {
  it('makes a thousand concurrent callers one run, all with the same result', async () => {
    const { clock, runner, check, takes } = setUp();
    let runs = 0;
    const slow = check(() => (runs++, takes(100)));
    const early = Array.from({ length: 500 }, () => runner.run(slow));
    await clock.advance(50);
    const late = Array.from({ length: 500 }, () => runner.run(slow));
    await clock.advance(50);
    const results = await Promise.all([...early, ...late]);
    expect(runs).toBe(1);
    expect(new Set(results).size).toBe(1);
    expect(results[0]).toMatchObject({ state: 'UP', durationMs: 100 });
  });

  it('runs a check again once it has ended', async () => {
    const { runner, check } = setUp();
    let runs = 0;
    const quick = check(() => void runs++);
    await runner.run(quick);
    await runner.run(quick);
    expect(runs).toBe(2);
  });

  it('tells checks apart by themselves, not by their name', async () => {
    const { runner, check } = setUp();
    const results = await runner.results([check(() => true), check(() => false)]);
    expect(results.map(({ state }) => state)).toEqual(['UP', 'DOWN']);
  });

  it('runs in parallel, keeps the order, and keeps every result whatever one of them does', async () => {
    const { clock, runner, check, takes } = setUp();
    const hang = () => new Promise(() => undefined);
    const fail = () => {
      throw null;
    };
    const all = runner.results([
      check(hang, 'hangs'),
      check(() => takes(300), 'slow'),
      check(fail, 'throws'),
      check(() => takes(100), 'quick'),
    ]);
    await clock.advance(800);
    expect((await all).map(({ id, state, durationMs }) => [id, state, durationMs])).toEqual([
      ['hangs', 'DOWN', 800],
      ['slow', 'UP', 300],
      ['throws', 'DOWN', 0],
      ['quick', 'UP', 100],
    ]);
  });

  it('starts a new run after a timeout although the old one has not ended', async () => {
    const { clock, runner, check, takes } = setUp();
    let runs = 0;
    const one = check(() => (runs++ === 0 ? takes(5_000, false) : true));
    const first = runner.run(one);
    await clock.advance(800);
    expect((await first).state).toBe('DOWN');
    expect((await runner.run(one)).state).toBe('UP');
    await clock.advance(5_000);
    expect((await runner.run(one)).state).toBe('UP');
  });

  it('stops starting a check while four of its runs have not let go, and starts it again when one has', async () => {
    const { clock, runner, check } = setUp();
    const release: ((value: boolean) => void)[] = [];
    const stuck = check(() => new Promise((resolve) => release.push(resolve)));
    for (let round = 0; round < 6; round++) {
      const result = runner.run(stuck);
      await clock.advance(800);
      const reason =
        round < 4 ? 'timed out after 800 ms' : expect.stringContaining('4 earlier runs have not ended');
      expect(await result).toMatchObject({ state: 'DOWN', reason });
    }
    expect(release).toHaveLength(4);
    release[0]?.(true);
    await clock.settle();
    void runner.run(stuck);
    expect(release).toHaveLength(5);
  });

  it('tries a check that hung once in a while, and forgives what never let go once it answers', async () => {
    const { clock, runner, check } = setUp();
    let hangs = true;
    const one = check(() => (hangs ? new Promise(() => undefined) : Promise.resolve(true)));
    for (let round = 0; round < 6; round++) {
      void runner.run(one);
      await clock.advance(800);
    }
    hangs = false;
    expect(await runner.run(one)).toMatchObject({ state: 'DOWN' });
    await clock.advance(30_000);
    expect(await runner.run(one)).toMatchObject({ state: 'UP' });
    expect(await runner.run(one)).toMatchObject({ state: 'UP' });
  });

  it('answers a check that asks for itself, instead of running it without end', async () => {
    const { runner, check } = setUp();
    const own: Check = check(() => runner.run(own));
    expect(await runner.run(own)).toMatchObject({ state: 'DOWN' });
  });
});
