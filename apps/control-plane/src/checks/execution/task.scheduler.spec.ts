import { Logger } from '@nestjs/common';
import { readTaskDefinition, type ScheduledTask } from '@vitals/core/check';
import { ManualClock, RunningClock } from '@vitals/core/time';
import { itSchedulesTasks, type SchedulerHarness } from '../../../test/checks/task-scheduler.suite.js';
import { InProcessScheduler } from './task.scheduler.js';

/** As often as the scheduler is told to look, in milliseconds. */
const LOOK_MS = 10;

class Harness implements SchedulerHarness {
  readonly clock = new ManualClock();
  readonly scheduler = new InProcessScheduler(new RunningClock(this.clock));
  readonly commands: ScheduledTask[] = [];
  readonly everyMs = 1_000;
  readonly slackMs = 20;
  onCommand: (command: ScheduledTask) => void = () => undefined;

  constructor() {
    Logger.overrideLogger(false);
    this.scheduler.consume((message) => {
      const command = readTaskDefinition(message) as ScheduledTask;
      this.commands.push(command);
      this.onCommand(command);
    });
  }

  nowMs(): number {
    return this.clock.wallMs();
  }

  /** Time in which this process stands still: nobody looks. */
  standStill(ms: number): void {
    this.clock.jump(ms);
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += LOOK_MS) {
      this.clock.jump(LOOK_MS);
      this.scheduler.tick();
    }
    await this.clock.settle();
  }

  async close(): Promise<void> {
    this.scheduler.stop();
  }
}

function started(): Harness {
  const harness = new Harness();
  harness.scheduler.onApplicationBootstrap();
  return harness;
}

function task(harness: Harness, more: Partial<ScheduledTask> = {}): ScheduledTask {
  return {
    host: 'vitals',
    name: 'orders',
    action: 'INSERT',
    frequency: { timeUnit: 'SECONDS', time: 1 },
    topic: 'checks',
    start: harness.nowMs(),
    data: {},
    ...more,
  };
}

describe('the schedule of one process', () => {
  itSchedulesTasks(() => Promise.resolve(started()));

  it('ticks to the slot, over hours without a drift', async () => {
    const harness = started();
    const inserted = task(harness, { frequency: { timeUnit: 'SECONDS', time: 7 } });
    await harness.scheduler.send(inserted);
    await harness.pass(3_600_000);
    expect(harness.commands.map(({ start }) => start - inserted.start)).toEqual(
      Array.from({ length: 515 }, (_, tick) => tick * 7_000),
    );
  });

  it('finds nothing to catch up after a standstill, and goes on as if it had not been', async () => {
    const harness = started();
    await harness.scheduler.send(task(harness));
    await harness.pass(2_500);
    const before = harness.commands.length;
    harness.standStill(3_600_000);
    harness.scheduler.tick();
    expect(harness.commands).toHaveLength(before);
    await harness.pass(1_000);
    expect(harness.commands).toHaveLength(before + 1);
    expect(harness.nowMs() - (harness.commands.at(-1)?.start ?? 0)).toBeLessThan(1_000);
  });

  it('keeps its beat when the wall clock jumps', async () => {
    const harness = started();
    await harness.scheduler.send(task(harness));
    await harness.pass(1_500);
    for (const jumpMs of [-86_400_000, 86_400_000]) {
      harness.clock.setWall(harness.nowMs() + jumpMs);
      const before = harness.commands.length;
      await harness.pass(5_000);
      expect(harness.commands).toHaveLength(before + 5);
    }
  });

  it('gives one command at a look to a task of 1 ms, for its last tick, and keeps nobody else waiting', async () => {
    const harness = started();
    await harness.scheduler.send(
      task(harness, { name: 'often', frequency: { timeUnit: 'MILLISECONDS', time: 1 } }),
    );
    await harness.scheduler.send(task(harness));
    harness.onCommand = ({ start }) => expect(harness.nowMs() - start).toBeLessThan(harness.slackMs);
    await harness.pass(9_990);
    expect(harness.commands.filter(({ name }) => name === 'orders')).toHaveLength(10);
    const often = harness.commands.filter(({ name }) => name === 'often');
    expect(often).toHaveLength(999);
    expect(often.slice(1).every(({ start }, index) => start > (often[index]?.start ?? 0))).toBe(true);
  });

  it('gives each of thousands of tasks its ticks, and forgets those that end', async () => {
    const harness = started();
    const names = Array.from({ length: 5_000 }, (_, index) => `check ${index}`);
    for (const name of names) await harness.scheduler.send(task(harness, { name }));
    await harness.pass(2_990);
    const counts = new Map<string, number>();
    for (const { name } of harness.commands) counts.set(name, (counts.get(name) ?? 0) + 1);
    expect([counts.size, new Set(counts.values())]).toEqual([5_000, new Set([3])]);
    const { topic, start } = task(harness);
    for (const name of names)
      await harness.scheduler.send({ host: 'vitals', name, action: 'DELETE', topic, start });
    expect(harness.scheduler.size).toBe(0);
    await harness.pass(3_000);
    expect(harness.commands).toHaveLength(15_000);
  });

  it('ticks not before the application has started, and not after it ended', async () => {
    const harness = new Harness();
    await harness.scheduler.send(task(harness));
    await harness.pass(5_000);
    expect(harness.commands).toEqual([]);
    harness.scheduler.onApplicationBootstrap();
    await harness.pass(20);
    expect(harness.commands).toHaveLength(1);
    await harness.close();
    await harness.pass(5_000);
    expect(harness.commands).toHaveLength(1);
  });
});
