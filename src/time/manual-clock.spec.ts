import { ManualClock } from './manual-clock.js';

describe('ManualClock', () => {
  it('stands still until it is told to move', async () => {
    const clock = new ManualClock(1_000);
    await clock.settle();
    expect([clock.wallMs(), clock.monotonicMs()]).toEqual([1_000, 0]);
    await clock.advance(250);
    expect([clock.wallMs(), clock.monotonicMs()]).toEqual([1_250, 250]);
  });

  it('fires timers at their time, in order, those of the same time as they were set', async () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${clock.monotonicMs()}`);
    clock.after(200, note('late'));
    clock.after(100, note('first'));
    clock.after(100, note('second'));
    clock.after(301, note('never'));
    await clock.advance(300);
    expect(fired).toEqual(['first@100', 'second@100', 'late@200']);
  });

  it('fires a timer that a timer sets, also after promise callbacks', async () => {
    const clock = new ManualClock();
    const firedAtMs: number[] = [];
    const again = () => {
      firedAtMs.push(clock.monotonicMs());
      void Promise.resolve().then(() => clock.after(100, again));
    };
    clock.after(100, again);
    await clock.advance(350);
    expect(firedAtMs).toEqual([100, 200, 300]);
  });

  it('does not fire a timer that was cancelled, and cancelling later does nothing', async () => {
    const clock = new ManualClock();
    let fired = 0;
    const cancelEarly = clock.after(10, () => fired++);
    const cancelLate = clock.after(10, () => fired++);
    cancelEarly();
    await clock.advance(10);
    cancelLate();
    expect(fired).toBe(1);
  });

  it('fires what was asked for soon without moving time, but not at once', async () => {
    const clock = new ManualClock();
    let fired = 0;
    clock.soon(() => fired++);
    expect(fired).toBe(0);
    await clock.advance(0);
    expect([fired, clock.monotonicMs()]).toEqual([1, 0]);
  });

  it('jumps without firing timers, which then fire late', async () => {
    const clock = new ManualClock();
    const firedAtMs: number[] = [];
    clock.after(100, () => firedAtMs.push(clock.monotonicMs()));
    clock.jump(5_000);
    expect(firedAtMs).toEqual([]);
    await clock.advance(0);
    expect(firedAtMs).toEqual([5_000]);
  });

  it('lets the wall clock jump either way and keeps monotonic time', async () => {
    const clock = new ManualClock(1_000_000);
    clock.jump(500);
    clock.setWall(10);
    expect([clock.wallMs(), clock.monotonicMs()]).toEqual([10, 500]);
    clock.jump(5);
    expect([clock.wallMs(), clock.monotonicMs()]).toEqual([15, 505]);
  });
});
