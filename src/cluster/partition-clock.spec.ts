import { PartitionClock } from './partition-clock.js';

const SLACK_MS = 1_000;
const EVERY_MS = 500;
/** The clocks of the instances have nothing to do with each other. */
const ORIGINS: Readonly<Record<string, number>> = { a: 0, b: 3_600_000, c: 77 };

function setUp(...instances: string[]) {
  const clock = new PartitionClock(SLACK_MS, 0);
  clock.catchUp(0);
  let nowMs = 0;
  const watermark = (instance: string, sentMs = nowMs) =>
    clock.watermark(instance, (ORIGINS[instance] as number) + sentMs, nowMs);
  /** Time passes, and watermarks of these come without delay. */
  const run = (ms: number, ...writing: string[]) => {
    for (const endMs = nowMs + ms; nowMs < endMs; nowMs += EVERY_MS)
      writing.forEach((each) => watermark(each));
  };
  const read = () => clock.read(nowMs);
  const wait = (ms: number) => (nowMs += ms);
  const why = () => clock.standstill(nowMs);
  for (const instance of instances) {
    watermark(instance, -SLACK_MS);
    watermark(instance, 0);
  }
  const startMs = read();
  const counted = () => read() - startMs;
  return { clock, run, wait, read, counted, watermark, why, now: () => nowMs };
}

describe('The clock of a partition', () => {
  it('runs with the process while the watermarks of all instances come', () => {
    const { run, counted, why } = setUp('a', 'b', 'c');
    run(60_000, 'a', 'b', 'c');
    expect(counted()).toBe(60_000);
    expect(why()).toBeUndefined();
  });

  it('runs on for the slack when those of one stop, and says since when and for whom it waits', () => {
    const { run, wait, counted, why, watermark } = setUp('a', 'b');
    watermark('b');
    run(10_000, 'a');
    expect(counted()).toBe(SLACK_MS);
    expect(why()).toEqual({ forMs: 9_000, why: 'silent', instance: 'b' });
    wait(50_000);
    expect(counted()).toBe(SLACK_MS);
    expect(why()).toMatchObject({ forMs: 59_000 });
  });

  it('does not make up for what it did not count', () => {
    const { run, clock, counted, watermark, why } = setUp('a', 'b');
    watermark('b');
    run(60_000, 'a');
    watermark('b');
    watermark('a');
    expect(why()).toBeUndefined();
    run(30_000, 'a', 'b');
    expect(counted()).toBe(SLACK_MS + 30_000);
    expect(clock.pausedMs).toBeGreaterThanOrEqual(59_000);
  });

  it('waits for nothing from an instance that left', () => {
    const { clock, run, counted, watermark, now } = setUp('a', 'b');
    watermark('b');
    run(10_000, 'a');
    expect(clock.leave('b', now())).toBe(true);
    expect(clock.leave('b', now())).toBe(false);
    run(10_000, 'a');
    expect(counted()).toBe(SLACK_MS + 10_000);
    expect([...clock.instances]).toEqual(['a']);
  });

  it('waits for an instance that joined until its watermarks come, and takes one that was never heard of for live', () => {
    const { clock, run, counted, watermark, why, now } = setUp('a');
    clock.join('b', now());
    run(2_000, 'a');
    expect([counted(), why()]).toEqual([0, { forMs: 2_000, why: 'silent', instance: 'b' }]);
    run(2_000, 'a', 'b');
    expect(counted()).toBe(1_500);
    watermark('c');
    run(5_000, 'a', 'b');
    expect(counted()).toBe(1_500);
    expect(why()).toMatchObject({ why: 'silent', instance: 'c' });
  });

  it('does not count before the log was read to its end, nor while it is read anew', () => {
    const clock = new PartitionClock(SLACK_MS, 0);
    for (let nowMs = 0; nowMs <= 5_000; nowMs += EVERY_MS) clock.watermark('a', nowMs, nowMs);
    expect(clock.read(5_000)).toBe(0);
    expect(clock.standstill(5_000)).toEqual({ forMs: 5_000, why: 'catching-up' });
    clock.catchUp(5_000);
    expect(clock.read(5_400)).toBe(400);
    clock.fallBehind(5_400);
    expect(clock.read(9_000)).toBe(400);
    expect(clock.standstill(9_000)).toEqual({ forMs: 3_600, why: 'catching-up' });
  });

  it('does not count while nobody writes watermarks', () => {
    const { clock, wait, counted, why, now } = setUp('a');
    clock.leave('a', now());
    wait(5_000);
    expect([counted(), why()]).toEqual([0, { forMs: 5_000, why: 'no-instance' }]);
  });

  it('slows down with a lag that creeps, although a watermark comes within every slack', () => {
    const { wait, counted, watermark, why } = setUp('a');
    let sentMs = 0;
    for (let at = 0; at < 80; at++) {
      wait(750);
      watermark('a', (sentMs += 500));
    }
    expect(counted()).toBeLessThanOrEqual(80 * 500 + SLACK_MS);
    wait(740);
    expect(why()).toMatchObject({ why: 'lag', instance: 'a' });
  });

  it('runs under a lag that stays, and gains nothing when it is over', () => {
    const { wait, counted, watermark } = setUp('a');
    let sentMs = 0;
    wait(20_000);
    for (let at = 0; at < 40; at++) {
      watermark('a', (sentMs += 500));
      wait(500);
    }
    expect(counted()).toBeLessThanOrEqual(SLACK_MS + 20_000);
    expect(counted()).toBeGreaterThan(20_000 - SLACK_MS);
    const beforeMs = counted();
    for (let at = 0; at < 40; at++) watermark('a', (sentMs += 500));
    expect(counted()).toBe(beforeMs);
    wait(20_000);
    expect(counted()).toBe(beforeMs + SLACK_MS);
  });
});
