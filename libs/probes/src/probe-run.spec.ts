import { ManualClock, RunningClock } from '@vitals/core/time';
import { ProbeRun } from './probe-run.js';

function setUp(timeoutMs = 2_000) {
  const clock = new ManualClock();
  const running = new RunningClock(clock);
  const run = new ProbeRun(clock, running, timeoutMs);
  /** As the sweeper does: the clock is read all the time. */
  const pass = async (ms: number): Promise<void> => {
    for (let passedMs = 0; passedMs < ms; passedMs += 50) {
      await clock.advance(Math.min(50, ms - passedMs));
      running.nowMs();
    }
  };
  return { clock, running, run, pass };
}

describe('ProbeRun', () => {
  it('fires its signal when the time is up, after the input that has arrived was handled', async () => {
    const { clock, run, pass } = setUp();
    await pass(1_999);
    expect([run.signal.aborted, run.isExpired]).toEqual([false, false]);
    clock.jump(1);
    expect(run.signal.aborted).toBe(false);
    await clock.advance(0);
    expect([run.signal.aborted, run.isExpired, run.elapsedMs]).toEqual([true, true, 2_000]);
  });

  it('fires its signal at its end, without having expired', async () => {
    const { clock, run, pass } = setUp();
    await pass(100);
    run.end();
    expect([run.signal.aborted, run.isExpired]).toEqual([true, false]);
    await clock.advance(10_000);
    expect(run.isExpired).toBe(false);
  });

  it('makes a standstill of this process good, for the target did not cause it', async () => {
    const { clock, run, pass } = setUp();
    await pass(100);
    clock.jump(5_000);
    await clock.advance(0);
    expect(run.isExpired).toBe(false);
    await pass(1_950);
    expect(run.isExpired).toBe(false);
    await pass(100);
    expect(run.isExpired).toBe(true);
  });

  it('makes it good once, so that it always ends', async () => {
    const { clock, run } = setUp();
    clock.jump(60_000);
    await clock.advance(0);
    clock.jump(60_000);
    await clock.advance(0);
    expect(run.isExpired).toBe(true);
  });
});
