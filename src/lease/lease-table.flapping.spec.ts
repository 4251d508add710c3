import { NamedLeases } from '../../test/support/named-leases.js';
import { ManualClock } from '../time/manual-clock.js';
import { RunningClock } from '../time/running-clock.js';
import { DEFAULT_INTERVALS, IntervalPolicy } from './interval-policy.js';
import type { LeaseView } from './lease-values.js';

const EVERYTHING = Number.POSITIVE_INFINITY;
const WINDOW_MS = 20 * 33_000;

function setUp() {
  const clock = new ManualClock();
  const running = new RunningClock(clock);
  const table = new NamedLeases(running, new IntervalPolicy(DEFAULT_INTERVALS, () => 0.5));
  const run = (ms: number) => {
    for (let leftMs = ms; leftMs > 0; leftMs -= 50) {
      clock.jump(Math.min(50, leftMs));
      running.nowMs();
    }
  };
  const view = (name: string) => table.view(name) as LeaseView;
  /** Silent until it is Unavailable, then heard again: two transitions. */
  const outage = (name: string) => {
    run(view(name).remainingMs + 20);
    expect(table.sweep(EVERYTHING)).toHaveLength(1);
    return table.renew(name);
  };
  return { table, run, view, outage };
}

describe('LeaseTable: flapping', () => {
  it('marks a provider after two outages, and not after one', () => {
    const { table, view, outage } = setUp();
    table.register('a');
    table.renew('a');
    outage('a');
    expect(view('a').flapping).toBe(false);
    outage('a');
    expect(view('a').flapping).toBe(true);
  });

  it('tells a shorter interval while it lasts, and the deadline does not follow', () => {
    const { table, run, view, outage } = setUp();
    table.register('a');
    table.renew('a');
    outage('a');
    expect(outage('a')?.nextIntervalSeconds).toBe(10);
    for (let beat = 0; beat < 5; beat++) {
      run(3_000);
      expect(table.renew('a')?.nextIntervalSeconds).toBe(3);
      expect(view('a').remainingMs).toBe(33_000);
    }
  });

  it('ends once the first of the four transitions has left the window', () => {
    const { table, run, view, outage } = setUp();
    table.register('a');
    table.renew('a');
    outage('a');
    const sinceFirstMs = 33_000 + 20;
    outage('a');
    for (let ranMs = sinceFirstMs; ranMs < WINDOW_MS - 10_000; ranMs += 10_000) {
      run(10_000);
      expect(table.renew('a')?.nextIntervalSeconds).toBe(3);
    }
    run(20_000);
    expect(view('a').flapping).toBe(false);
    table.renew('a');
    run(10_000);
    expect(table.renew('a')?.nextIntervalSeconds).toBe(10);
  });

  it('takes the transitions of a table that was there before a restart into account', () => {
    const { table, run, view } = setUp();
    const changes = (...changedMsAgo: number[]) => ({
      state: 'Available' as const,
      advertisedMs: 10_000,
      changedMsAgo,
    });
    table.recover([
      { name: 'two', ...changes(2_000, 1_000) },
      { name: 'four', ...changes(4_000, 3_000, 2_000, 1_000) },
      { name: 'long ago', ...changes(WINDOW_MS + 1, 3_000, 2_000, 1_000) },
      { name: 'six', ...changes(2 * WINDOW_MS, 2 * WINDOW_MS, 4_000, 3_000, 2_000, 1_000) },
    ]);
    const flapping = () => ['two', 'four', 'long ago', 'six'].map((name) => view(name).flapping);
    expect(flapping()).toEqual([false, true, false, true]);
    expect(table.renew('four')?.nextIntervalSeconds).toBe(3);
    expect(view('four').remainingMs).toBe(36_000);
    run(WINDOW_MS);
    expect(flapping()).toEqual([false, false, false, false]);
  });

  it('counts no transition for longer than the window, were it in the future by a wall clock that was set back', () => {
    const { table, run, view } = setUp();
    const ahead = [1, 2, 3, 4].map((days) => -days * 86_400_000);
    table.recover([{ name: 'a', state: 'Available', advertisedMs: 10_000, changedMsAgo: ahead }]);
    expect(view('a').flapping).toBe(true);
    run(WINDOW_MS + 1_000);
    expect(view('a').flapping).toBe(false);
  });

  it('counts the outage that a restart interrupted', () => {
    const { table, run, view } = setUp();
    table.recover([
      { name: 'a', state: 'Unavailable', advertisedMs: 0, changedMsAgo: [90_000, 60_000, 30_000] },
    ]);
    run(1_000);
    expect(table.renew('a')?.transition).toMatchObject({ from: 'Unavailable', to: 'Available' });
    expect(view('a').flapping).toBe(true);
  });
});
