import fc from 'fast-check';
import { ManualClock } from './manual-clock.js';
import { RunningClock } from './running-clock.js';

const BEAT_MS = 50;
const TOLERANCE_MS = 250;

function setUp() {
  const clock = new ManualClock();
  return { clock, running: new RunningClock(clock, BEAT_MS, TOLERANCE_MS) };
}

describe('RunningClock', () => {
  it('runs with the clock while it is read in time', () => {
    const { clock, running } = setUp();
    for (let beat = 0; beat < 100; beat++) {
      clock.jump(BEAT_MS);
      running.nowMs();
    }
    expect(running.nowMs()).toBe(5_000);
    expect(running.pausedMs).toBe(0);
  });

  it('counts lateness up to the tolerance as time that ran', () => {
    const { clock, running } = setUp();
    clock.jump(TOLERANCE_MS);
    expect(running.nowMs()).toBe(TOLERANCE_MS);
    expect(running.pausedMs).toBe(0);
  });

  it('leaves a standstill out, but for the one beat that would have run', () => {
    const { clock, running } = setUp();
    clock.jump(60_000);
    expect(running.nowMs()).toBe(BEAT_MS);
    expect(running.pausedMs).toBe(60_000 - BEAT_MS);
  });

  it('finds the standstill at whichever read comes first, and counts it once', () => {
    const { clock, running } = setUp();
    clock.jump(100);
    const beforeMs = running.nowMs();
    clock.jump(10_000);
    expect(running.nowMs()).toBe(beforeMs + BEAT_MS);
    expect(running.nowMs()).toBe(beforeMs + BEAT_MS);
    clock.jump(100);
    expect(running.nowMs()).toBe(beforeMs + BEAT_MS + 100);
  });

  it('adds standstills up', () => {
    const { clock, running } = setUp();
    for (let pause = 0; pause < 3; pause++) {
      clock.jump(1_000);
      running.nowMs();
    }
    expect(running.nowMs()).toBe(3 * BEAT_MS);
  });

  it('starts at the time of the clock, so that a late start is no standstill', () => {
    const clock = new ManualClock();
    clock.jump(1_000_000);
    const running = new RunningClock(clock);
    expect(running.nowMs()).toBe(1_000_000);
    expect(running.pausedMs).toBe(0);
  });

  it('is blind to jumps of the wall clock, and passes them on', () => {
    const { clock, running } = setUp();
    clock.setWall(5);
    expect(running.nowMs()).toBe(0);
    expect(running.wallMs()).toBe(5);
  });

  it('never decreases, and never runs faster than the clock', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000)), (gapsMs) => {
        const { clock, running } = setUp();
        let lastMs = running.nowMs();
        for (const gapMs of gapsMs) {
          clock.jump(gapMs);
          const nowMs = running.nowMs();
          expect(nowMs - lastMs).toBe(gapMs > TOLERANCE_MS ? BEAT_MS : gapMs);
          lastMs = nowMs;
        }
        expect(lastMs + running.pausedMs).toBe(clock.monotonicMs());
      }),
    );
  });
});

it('has the wall clock, the monotonic clock and the timers of the machine', async () => {
  const { clock, running } = setUp();
  const fired: string[] = [];
  running.soon(() => fired.push('soon'));
  running.after(5, () => fired.push('after'));
  running.after(5, () => fired.push('cancelled'))();
  await clock.advance(5);
  expect(fired).toEqual(['soon', 'after']);
  expect([running.wallMs(), running.monotonicMs()]).toEqual([clock.wallMs(), clock.monotonicMs()]);
});
