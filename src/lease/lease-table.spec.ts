import { ManualClock } from '../time/manual-clock.js';
import { RunningClock } from '../time/running-clock.js';
import { DEFAULT_INTERVALS, IntervalPolicy, type IntervalSettings } from './interval-policy.js';
import { NamedLeases } from '../../test/support/named-leases.js';
import type { LeaseView } from './lease-values.js';

const EVERYTHING = Number.POSITIVE_INFINITY;

/** A table that is read every 50 ms, as the sweeper does. Draws come from `draws`, then 0.5 (10 s told). */
function setUp({
  settings = {},
  draws = [],
}: { settings?: Partial<IntervalSettings>; draws?: number[] } = {}) {
  const clock = new ManualClock();
  const running = new RunningClock(clock);
  const policy = new IntervalPolicy({ ...DEFAULT_INTERVALS, ...settings }, () => draws.shift() ?? 0.5);
  const table = new NamedLeases(running, policy);
  const run = (ms: number) => {
    for (let leftMs = ms; leftMs > 0; leftMs -= 50) {
      clock.jump(Math.min(50, leftMs));
      running.nowMs();
    }
  };
  const view = (name: string) => table.view(name) as LeaseView;
  const beats = (name: string, count: number) => {
    for (let beat = 0; beat < count; beat++) {
      run(10_000);
      table.renew(name);
    }
  };
  return { clock, table, run, view, beats };
}

describe('LeaseTable: deadlines', () => {
  it('counts silence from registration, under the longest interval that may be told', () => {
    const { table, run, view } = setUp();
    table.register('a');
    run(35_999);
    expect(view('a')).toMatchObject({ availability: 'Unknown', silentMs: 35_999, remainingMs: 1 });
    run(1);
    expect(view('a').availability).toBe('Unavailable');
    expect(table.sweep(EVERYTHING)).toMatchObject([
      { from: 'Unknown', to: 'Unavailable', cause: 'no heartbeat for 36 s since it registered' },
    ]);
  });

  it('uses the longest of the last three intervals told, this one included and never below base', () => {
    const longest = 0.999;
    const { table, run, view } = setUp({ draws: [0.5, 0.5, 0.5, longest, 0, 0, 0] });
    table.register('a');
    const remaining = Array.from({ length: 7 }, () => {
      run(10_000);
      const seconds = table.renew('a')?.nextIntervalSeconds;
      return [seconds, view('a').remainingMs];
    });
    expect(remaining).toEqual([
      [10, 36_000],
      [10, 36_000],
      [10, 33_000],
      [11, 36_000],
      [9, 36_000],
      [9, 36_000],
      [9, 33_000],
    ]);
  });

  it('never moves a deadline back, although the interval told becomes shorter', () => {
    const { table, run, view } = setUp({ settings: { baseMs: 1_000, maxHeartbeatsPerSecond: 1 } });
    for (let index = 0; index < 100; index++) table.register(`p${index}`);
    table.renew('p0');
    const { remainingMs } = view('p0');
    expect(remainingMs).toBe(3 * 100_000 + 3_000);
    for (let index = 1; index < 100; index++) table.revoke(`p${index}`);
    const beatEachSecond = (count: number) => {
      for (let beat = 0; beat < count; beat++) {
        run(1_000);
        expect(table.renew('p0')?.nextIntervalSeconds).toBe(1);
      }
    };
    beatEachSecond(2);
    expect(view('p0').remainingMs).toBe(remainingMs);
    beatEachSecond(5);
    expect(view('p0').remainingMs).toBe(remainingMs - 5_000);
  });

  it('tells the bound within which a crash is found, 38.1 s at the defaults', () => {
    const { table, view, beats } = setUp();
    table.register('a');
    expect(view('a').detectionBoundMs).toBe(38_100);
    beats('a', 5);
    expect(view('a').detectionBoundMs).toBe(38_100);
  });

  it('extends the lease of a provider that registers again, but does not call it heard', () => {
    const { table, run, view, beats } = setUp();
    table.register('a');
    run(30_000);
    table.register('a');
    expect(view('a')).toMatchObject({ availability: 'Unknown', remainingMs: 36_000 });
    beats('a', 3);
    run(20_000);
    table.register('a');
    expect(view('a')).toMatchObject({ availability: 'Available', remainingMs: 33_000, silentMs: 0 });
    expect(table.size).toBe(1);
  });

  it('leaves a provider that is Unavailable so when it registers again', () => {
    const { table, run, view } = setUp();
    table.register('a');
    run(36_000);
    table.sweep(EVERYTHING);
    table.register('a');
    expect(view('a').availability).toBe('Unavailable');
    expect(table.renew('a')?.transition).toMatchObject({ from: 'Unavailable', to: 'Available' });
  });
});

describe('LeaseTable: beats', () => {
  it('makes the first beat a transition, and those after it none', () => {
    const { clock, table, run, view } = setUp();
    table.register('a');
    run(1_000);
    expect(table.renew('a')).toEqual({
      nextIntervalSeconds: 10,
      transition: {
        kind: 'provider',
        subject: 'a',
        from: 'Unknown',
        to: 'Available',
        cause: 'first heartbeat',
        atMs: clock.wallMs(),
      },
      advertisedLonger: false,
    });
    run(10_000);
    expect(table.renew('a')).toEqual({
      nextIntervalSeconds: 10,
      transition: undefined,
      advertisedLonger: false,
    });
    expect(view('a')).toMatchObject({ availability: 'Available', silentMs: 0, missed: 0 });
  });

  it('knows nothing of a name without a lease', () => {
    const { table } = setUp();
    expect(table.renew('a')).toBeUndefined();
    expect(table.view('a')).toBeUndefined();
    expect(table.revoke('a')).toBeUndefined();
    expect(table.advertisedMs('a')).toBe(0);
    expect(table.has('a')).toBe(false);
  });

  it('derives Suspect when it is read, once one beat and the grace are over', () => {
    const { table, run, view, beats } = setUp();
    table.register('a');
    beats('a', 3);
    run(12_999);
    expect(view('a')).toMatchObject({ availability: 'Available', missed: 0 });
    run(1);
    expect(view('a')).toMatchObject({ availability: 'Suspect', missed: 1 });
    run(10_000);
    expect(view('a')).toMatchObject({ availability: 'Suspect', missed: 2 });
    expect(table.sweep(EVERYTHING)).toEqual([]);
    expect(table.renew('a')?.transition).toBeUndefined();
    expect(view('a').availability).toBe('Available');
  });

  it('tells a provider that is Suspect a shorter interval, and its deadline does not follow', () => {
    const { table, run, view, beats } = setUp();
    table.register('a');
    beats('a', 3);
    run(13_000);
    expect(table.renew('a')?.nextIntervalSeconds).toBe(3);
    expect(view('a').remainingMs).toBe(33_000);
    expect(table.renew('a')?.nextIntervalSeconds).toBe(10);
  });

  it('ignores the wall clock', () => {
    const { clock, table, run, view } = setUp();
    table.register('a');
    table.renew('a');
    clock.setWall(clock.wallMs() + 86_400_000);
    run(50);
    expect(view('a').availability).toBe('Available');
    clock.setWall(0);
    run(36_000);
    expect(view('a').availability).toBe('Unavailable');
  });
});
