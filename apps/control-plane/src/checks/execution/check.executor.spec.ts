import { Logger } from '@nestjs/common';
import type { ScheduledTask } from '@vitals/core/check';
import { ChecksFixture } from '../../../test/checks/checks-fixture.js';

let fixture: ChecksFixture;
let errors: string[];

async function open(): Promise<void> {
  fixture = await ChecksFixture.start();
  errors = [];
  const nothing = (): void => undefined;
  Logger.overrideLogger({
    log: nothing,
    warn: nothing,
    error: (message: string) => void errors.push(message),
  });
}

afterEach(() => Logger.overrideLogger(false));

/** A command as the scheduler gives it, for a tick that is now. */
function command(more: Partial<ScheduledTask> = {}): ScheduledTask {
  return {
    host: 'vitals',
    name: 'db',
    action: 'INSERT',
    frequency: { timeUnit: 'SECONDS', time: 10 },
    topic: 'vitals.health-checks',
    start: fixture.clock.wallMs(),
    data: { healthPath: '/health/' },
    ...more,
  };
}

function take(message: unknown): void {
  fixture.executor.onCommand(message, 'tick 7');
}

describe('rule 1 of the executor', () => {
  beforeEach(open);

  const notDefinitions: [string, (whole: ScheduledTask) => unknown][] = [
    ['nothing', () => undefined],
    ['null', () => null],
    ['a number', () => 42],
    ['an empty text', () => ''],
    ['text that is not JSON', () => '{"host":'],
    ['an array', (whole) => [whole]],
    ['no members', () => ({})],
    ['no host', (whole) => ({ ...whole, host: undefined })],
    ['an empty name', (whole) => ({ ...whole, name: '' })],
    ['a name with a line feed', (whole) => ({ ...whole, name: 'a\nb' })],
    ['a name of 4 kB', (whole) => ({ ...whole, name: 'a'.repeat(4_096) })],
    ['an action that is none', (whole) => ({ ...whole, action: 'RUN' })],
    ['no frequency', (whole) => ({ ...whole, frequency: undefined })],
    ['a unit that is none', (whole) => ({ ...whole, frequency: { timeUnit: 'FORTNIGHTS', time: 1 } })],
    ['a frequency of 0', (whole) => ({ ...whole, frequency: { timeUnit: 'SECONDS', time: 0 } })],
    ['a negative frequency', (whole) => ({ ...whole, frequency: { timeUnit: 'SECONDS', time: -1 } })],
    ['a frequency of 10 years', (whole) => ({ ...whole, frequency: { timeUnit: 'DAYS', time: 3_650 } })],
    ['a start that is a date', (whole) => ({ ...whole, start: '2026-01-01' })],
    ['a start that is NaN', (whole) => ({ ...whole, start: Number.NaN })],
    ['data that are no texts', (whole) => ({ ...whole, data: { healthPath: 1 } })],
    ['inherited members', (whole) => Object.create(whole) as unknown],
    ['no data', (whole) => ({ ...whole, data: undefined })],
  ];

  it.each(notDefinitions)(
    'logs with its position and skips what is no task definition: %s',
    async (_, make) => {
      const before = { ...fixture.executor.counts };
      take(make(command()));
      expect(errors).toEqual([expect.stringContaining('tick 7')]);
      expect(fixture.executor.counts).toEqual({ ...before, unreadable: before.unreadable + 1 });
    },
  );

  it('executes what comes after it, also as text', async () => {
    await fixture.define('db');
    take(command());
    await fixture.settled();
    take(JSON.stringify(command()));
    expect([fixture.runs.length, fixture.executor.counts.executed]).toEqual([2, 2]);
  });
});

describe('the other rules of the executor', () => {
  beforeEach(open);

  it('2. does not execute a DELETE', async () => {
    await fixture.define('db');
    const { frequency: _, data: __, ...rest } = command();
    take({ ...rest, action: 'DELETE' });
    take({ ...command(), action: 'DELETE' });
    expect([fixture.runs.length, fixture.executor.counts.executed]).toEqual([0, 0]);
    expect(fixture.directory.find('db')).toBeDefined();
  });

  it.each([
    ['now', 0, 1],
    ['twice its frequency ago, but for a millisecond', 19_999, 1],
    ['twice its frequency ago', 20_000, 0],
    ['an hour ago', 3_600_000, 0],
    ['in a minute, by a clock that is ahead', -60_000, 1],
  ])(
    '3. executes a command of a tick %s no later than it may, and counts the others',
    async (_, agoMs, runs) => {
      await fixture.define('db');
      take(command({ start: fixture.clock.wallMs() - agoMs }));
      expect([fixture.runs.length, fixture.executor.counts.tooOld]).toEqual([runs, 1 - runs]);
    },
  );

  it('3. goes by the frequency of the command, in its unit', async () => {
    await fixture.define('db');
    const start = fixture.clock.wallMs() - 100_000;
    take(command({ start, frequency: { timeUnit: 'SECONDS', time: 50 } }));
    expect(fixture.runs).toHaveLength(0);
    take(command({ start, frequency: { timeUnit: 'MINUTES', time: 1 } }));
    expect(fixture.runs).toHaveLength(1);
  });

  it('4. looks at what has a health path, and waits for what has none', async () => {
    await fixture.register('orders', {});
    await fixture.register('mail', { healthPath: '' }, 81);
    const [http, ttl] = ['orders:http:127.0.0.1:80', 'mail:http:127.0.0.1:81'];
    take(command({ name: http }));
    take(command({ name: ttl, data: { healthPath: '' } }));
    await fixture.settled();
    expect(fixture.runs.map(({ id }) => id)).toEqual([http]);
    expect(fixture.executor.counts.executed).toBe(2);
    expect(fixture.directory.get(ttl).status).toBe('Pending');
  });

  it('5. deregisters what failed for too long, and deletes its task', async () => {
    fixture.answer = () => 'failure';
    await fixture.register('orders', { deregisterCriticalServiceAfter: 30_000 });
    await fixture.pass(11_000);
    expect([fixture.services.size, fixture.scheduler.size]).toEqual([1, 1]);
    await fixture.pass(30_000);
    expect([fixture.services.size, fixture.directory.size, fixture.scheduler.size]).toEqual([0, 0, 0]);
    expect(fixture.recorded.map(({ to }) => to)).toEqual(['Critical', 'Removed']);
  });

  it('5. deletes the task of a check that is not there', async () => {
    await fixture.scheduler.send(command({ name: 'nobody' }));
    await fixture.pass(30);
    expect([fixture.scheduler.size, fixture.executor.counts.executed]).toEqual([0, 0]);
  });
});
