import { NamedLeases } from '../../test/support/named-leases.js';
import { ManualClock } from '../time/manual-clock.js';
import { RunningClock } from '../time/running-clock.js';
import { DEFAULT_INTERVALS, IntervalPolicy } from './interval-policy.js';
import type { LeaseView } from './lease-values.js';

/** A fleet of `size` is told `size` seconds once that is more than the base of 10 s. */
function setUp(size: number) {
  const clock = new ManualClock();
  const running = new RunningClock(clock);
  const policy = new IntervalPolicy({ ...DEFAULT_INTERVALS, maxHeartbeatsPerSecond: 1 }, () => 0.5);
  const table = new NamedLeases(running, policy);
  const run = (ms: number) => {
    for (let leftMs = ms; leftMs > 0; leftMs -= 50) {
      clock.jump(Math.min(50, leftMs));
      running.nowMs();
    }
  };
  const grow = (from: number, to: number) => {
    for (let at = from; at < to; at++) table.register(`p${at}`);
  };
  const shrink = (from: number, to: number) => {
    for (let at = to; at < from; at++) table.revoke(`p${at}`);
  };
  grow(0, size);
  return { clock, table, run, grow, shrink, view: (name: string) => table.view(name) as LeaseView };
}

describe('LeaseTable: what a restart must know of the interval told', () => {
  it('asks for durability when an answer is longer than a restart would assume, and not again for the same', () => {
    const { table, run, grow } = setUp(10);
    const beat = () => {
      run(5_000);
      return table.renew('p0')?.advertisedLonger;
    };
    expect([beat(), beat(), beat()]).toEqual([false, false, false]);
    grow(10, 40);
    expect([beat(), beat(), beat()]).toEqual([true, false, false]);
    expect(table.advertisedMs('p0')).toBe(44_000);
    grow(40, 60);
    expect([beat(), beat()]).toEqual([true, false]);
  });

  it('asks for it with the first answer after the fleet grew, although that one is short for haste', () => {
    const { table, run, grow } = setUp(10);
    table.renew('p0');
    run(15_000);
    grow(10, 40);
    expect(table.renew('p0')).toMatchObject({ nextIntervalSeconds: 13, advertisedLonger: true });
    run(2_000);
    expect(table.renew('p0')).toMatchObject({ nextIntervalSeconds: 40, advertisedLonger: false });
  });

  it('keeps a provider that acts on a long interval although the fleet shrank before the crash', () => {
    const before = setUp(50);
    before.table.renew('p0');
    expect(before.table.renew('p0')?.nextIntervalSeconds).toBe(50);
    before.shrink(50, 5);
    const after = setUp(0);
    after.table.recover([{ name: 'p0', state: 'Available', advertisedMs: before.table.advertisedMs('p0') }]);
    after.run(50_000);
    expect(after.view('p0').availability).toBe('Unknown');
    expect(after.table.renew('p0')?.transition).toBeUndefined();
  });

  it('remembers one answer more than the deadline does, for the last may be lost with the process', () => {
    const { table, run, shrink } = setUp(50);
    run(1_000);
    table.renew('p0');
    shrink(50, 5);
    const seen = Array.from({ length: 4 }, () => {
      run(10_000);
      table.renew('p0');
      return table.advertisedMs('p0');
    });
    expect(seen).toEqual([50_000, 50_000, 50_000, 11_000]);
  });

  it('is told by nothing but longer answers: a fleet that stays writes none, however jitter falls', () => {
    const clock = new ManualClock();
    const running = new RunningClock(clock);
    let draw = 0;
    const policy = new IntervalPolicy({ ...DEFAULT_INTERVALS, maxHeartbeatsPerSecond: 1 }, () => {
      draw = (draw + 0.37) % 1;
      return draw;
    });
    const table = new NamedLeases(running, policy);
    for (let at = 0; at < 40; at++) table.register(`p${at}`);
    const asked = Array.from({ length: 50 }, () => {
      clock.jump(1_000);
      return table.renew('p0')?.advertisedLonger;
    });
    expect(asked.filter(Boolean)).toHaveLength(1);
    expect(asked[0]).toBe(true);
  });
});

describe('LeaseTable: answers that are given together', () => {
  it('count as one, so that beats that waited through a standstill do not push out what is acted on', () => {
    const { clock, table, run, shrink, view } = setUp(19);
    for (let beat = 0; beat < 4; beat++) {
      run(19_000);
      table.renew('p0');
    }
    clock.jump(60_000);
    shrink(19, 5);
    for (let waiting = 0; waiting < 4; waiting++) table.renew('p0');
    run(view('p0').remainingMs - 1);
    expect(view('p0').silentMs).toBeGreaterThan(2 * 19_000 + 2_000);
    expect(view('p0').availability).toBe('Suspect');
  });
});
