import type { ScheduledTask, TaskDefinition } from '@vitals/core/check';
import type { TaskScheduler } from '../../src/checks/execution/task.scheduler.js';

/** A scheduler that runs, and what its consumer is given. Durations in milliseconds. */
export interface SchedulerHarness {
  readonly scheduler: TaskScheduler;
  /** Every command that reached the consumer so far, in order. */
  readonly commands: readonly ScheduledTask[];
  /** What the consumer does with a command, after it was noted; nothing unless a test says so. */
  onCommand: (command: ScheduledTask) => void;
  /** A frequency that this scheduler keeps well: short if time is real. */
  readonly everyMs: number;
  /** How late a command may come, and how far off its tick `start` may say it is. */
  readonly slackMs: number;
  /** Epoch time by which tasks start. */
  nowMs(): number;
  /** Lets time pass, with everything that falls due meanwhile. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** The contract of `TaskScheduler`, for every implementation; nothing in it depends on how fast the machine is. */
export function itSchedulesTasks(open: () => Promise<SchedulerHarness>): void {
  let harness: SchedulerHarness;

  beforeEach(async () => {
    harness = await open();
  });

  afterEach(() => harness.close());

  function task(more: Partial<ScheduledTask> = {}): ScheduledTask {
    return {
      host: 'vitals',
      name: 'orders',
      action: 'INSERT',
      frequency: { timeUnit: 'MILLISECONDS', time: harness.everyMs },
      topic: 'checks',
      start: harness.nowMs(),
      data: { healthPath: '/health/' },
      ...more,
    };
  }

  function send(definition: TaskDefinition): Promise<void> {
    return harness.scheduler.send(definition);
  }

  /** Lets so many ticks pass, and what is late arrive. */
  function ticks(count: number): Promise<void> {
    return harness.pass(count * harness.everyMs + harness.slackMs);
  }

  function remove(name = 'orders', host = 'vitals'): Promise<void> {
    return send({ host, name, action: 'DELETE', topic: 'checks', start: harness.nowMs() });
  }

  function namesSince(index: number): Set<string> {
    return new Set(harness.commands.slice(index).map(({ host, name }) => `${host} ${name}`));
  }

  /** Whether two ticks are a whole number of frequencies apart; more than one where ticks were missed. */
  function areOnOneBeat(a: ScheduledTask, b: ScheduledTask, everyMs: number): boolean {
    const offMs = (b.start - a.start) % everyMs;
    return b.start > a.start && Math.min(offMs, everyMs - offMs) <= harness.slackMs;
  }

  it('runs a task at once and then at its frequency, and says of each command when its tick was', async () => {
    const inserted = task();
    await send(inserted);
    await ticks(3);
    const [first, ...others] = harness.commands as [ScheduledTask, ...ScheduledTask[]];
    expect(Math.abs(first.start - inserted.start)).toBeLessThanOrEqual(harness.slackMs);
    expect(others.length).toBeGreaterThan(0);
    expect(others.length).toBeLessThanOrEqual(4);
    others.forEach((next, index) =>
      expect(areOnOneBeat(harness.commands[index] as ScheduledTask, next, harness.everyMs)).toBe(true),
    );
    for (const command of harness.commands) expect(command).toEqual({ ...inserted, start: command.start });
  });

  it('waits for a start in the future', async () => {
    const start = harness.nowMs() + 5 * harness.everyMs;
    await send(task({ start }));
    await ticks(2);
    expect(harness.commands).toEqual([]);
    await ticks(4);
    const [first] = harness.commands;
    expect(Math.abs((first?.start ?? 0) - start)).toBeLessThanOrEqual(harness.slackMs);
  });

  it('runs a task whose start is past at once, and once: what was missed is not caught up', async () => {
    const start = harness.nowMs() - 100 * harness.everyMs;
    await send(task({ start }));
    await ticks(1);
    expect(harness.commands.length).toBeGreaterThan(0);
    expect(harness.commands.length).toBeLessThanOrEqual(2);
  });

  it('puts an update in place of what was there, whatever the units of time', async () => {
    await send(task({ frequency: { timeUnit: 'DAYS', time: 1 } }));
    await ticks(1);
    expect(harness.commands).toHaveLength(1);
    const data = { healthPath: '/other/' };
    await send(task({ action: 'UPDATE', data }));
    await ticks(3);
    const updated = harness.commands.slice(1);
    expect(updated.length).toBeGreaterThan(1);
    expect(new Set(updated.map((command) => command.data['healthPath']))).toEqual(new Set(['/other/']));
    await send(task({ action: 'UPDATE', frequency: { timeUnit: 'HOURS', time: 3 } }));
    await ticks(1);
    const before = harness.commands.length;
    await ticks(3);
    expect(harness.commands).toHaveLength(before);
  });

  it('begins a task that is updated and was not there', async () => {
    await send(task({ action: 'UPDATE' }));
    await ticks(2);
    expect(harness.commands.length).toBeGreaterThan(1);
  });

  it('keeps one task of what is inserted twice', async () => {
    await send(task());
    await send(task());
    await ticks(4);
    const starts = harness.commands.map(({ start }) => start);
    // the first of them may have ticked before the second came
    expect(starts.length).toBeLessThanOrEqual(6);
    expect(new Set(starts.slice(1)).size).toBe(starts.length - 1);
  });

  it('takes tasks of one name at two hosts for two, and ends the one that is meant', async () => {
    await send(task({ host: 'one' }));
    await send(task({ host: 'two' }));
    await ticks(1);
    expect(namesSince(0)).toEqual(new Set(['one orders', 'two orders']));
    await remove('orders', 'one');
    await ticks(1);
    const after = harness.commands.length;
    await ticks(2);
    expect(namesSince(after)).toEqual(new Set(['two orders']));
  });

  it('ends a task by a DELETE, and takes one of a task that is not there', async () => {
    await remove('nobody');
    await send(task());
    await ticks(1);
    await remove();
    await ticks(1);
    const after = harness.commands.length;
    await ticks(3);
    expect(harness.commands).toHaveLength(after);
    expect(harness.commands.every(({ action }) => action === 'INSERT')).toBe(true);
  });

  it('ends and changes tasks from within the consumer, also those that tick at the same time', async () => {
    const names = ['a', 'b', 'c'];
    harness.onCommand = ({ name }) => {
      // whichever comes first ends the others
      for (const other of names) if (other !== name) void remove(other);
      void send(task({ name, action: 'UPDATE', start: harness.nowMs() + harness.everyMs }));
      harness.onCommand = () => undefined;
    };
    const start = harness.nowMs() + harness.everyMs;
    for (const name of names) await send(task({ name, start }));
    await ticks(2);
    const after = harness.commands.length;
    await ticks(3);
    expect(namesSince(after).size).toBe(1);
    const starts = harness.commands.slice(after).map((command) => command.start);
    expect(new Set(starts).size).toBe(starts.length);
  });

  it('goes on when the consumer throws, with that task and with the others', async () => {
    harness.onCommand = ({ name }) => {
      if (name === 'bad') throw new Error('no luck');
    };
    await send(task({ name: 'bad' }));
    await send(task({ name: 'good' }));
    await ticks(3);
    for (const name of ['bad', 'good']) {
      expect(harness.commands.filter((command) => command.name === name).length).toBeGreaterThan(1);
    }
  });

  it('rejects what is no task definition, and keeps the task that was there', async () => {
    await send(task());
    const frequency = { timeUnit: 'MILLISECONDS', time: 0 } as const;
    await expect(send(task({ action: 'UPDATE', frequency }))).rejects.toMatchObject({
      code: 'task-definition-invalid',
    });
    await ticks(2);
    expect(harness.commands.length).toBeGreaterThan(1);
  });
}
