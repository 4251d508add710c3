import { Logger } from '@nestjs/common';
import type { ProbeResult } from '@vitals/core/check';
import { ChecksFixture } from '../../../test/checks/checks-fixture.js';

const ID = 'orders:http:127.0.0.1:80';

let fixture: ChecksFixture;
let errors: string[];

beforeEach(async () => {
  fixture = await ChecksFixture.start();
  errors = [];
  const nothing = (): void => undefined;
  Logger.overrideLogger({
    log: nothing,
    warn: nothing,
    error: (message: string) => void errors.push(message),
  });
});

afterEach(() => Logger.overrideLogger(false));

/** The scheduler says that `db` is to be run. */
function tick(): void {
  const frequency = { timeUnit: 'SECONDS', time: 10 } as const;
  const start = fixture.clock.wallMs();
  const topic = 'vitals.health-checks';
  const command = { host: 'vitals', name: 'db', action: 'INSERT', frequency, topic, start, data: {} };
  fixture.executor.onCommand(command, 'tick 7');
}

function success(message = 'it answered'): ProbeResult {
  return { outcome: 'success', message, durationMs: 3 };
}

/** Runs end when it is called, in the order in which they began. */
function slowRuns(): { end: (result?: ProbeResult) => Promise<void>; going: () => number } {
  const waiting: ((result: ProbeResult) => void)[] = [];
  fixture.answer = () => new Promise((resolve) => waiting.push(resolve));
  return {
    end: async (result = success()) => {
      waiting.shift()?.(result);
      await fixture.clock.settle();
    },
    going: () => waiting.length,
  };
}

describe('a run of a check', () => {
  it('is never joined by a second one: ticks that it overlaps are skipped and counted', async () => {
    const runs = slowRuns();
    await fixture.register('orders', {});
    await fixture.pass(45_000);
    expect([fixture.runs.length, runs.going()]).toEqual([1, 1]);
    expect(fixture.executor.counts.overlapping).toBe(
      Math.floor((45_000 - (fixture.runs[0]?.atMs ?? 0)) / 10_000),
    );
    await runs.end();
    expect(fixture.directory.get(ID).status).toBe('Passing');
    await fixture.pass(10_000);
    expect([fixture.runs.length, runs.going()]).toEqual([2, 1]);
  });

  it('that somebody asks for joins the one that goes on, and says what it found', async () => {
    const runs = slowRuns();
    const check = await fixture.define('db');
    const asked = [fixture.executor.runNow(check), fixture.executor.runNow(check)];
    tick();
    expect([fixture.runs.length, fixture.executor.counts.overlapping]).toEqual([1, 1]);
    await runs.end(success('it is there'));
    expect((await Promise.all(asked)).map((result) => result?.message)).toEqual([
      'it is there',
      'it is there',
    ]);
    const next = fixture.executor.runNow(check);
    await runs.end(success('still'));
    expect((await next)?.message).toBe('still');
    expect(fixture.runs).toHaveLength(2);
  });

  it('that somebody asks for happens even while the check is paused, and that of a tick does not', async () => {
    const check = await fixture.define('db', { paused: true });
    tick();
    expect(fixture.runs).toHaveLength(0);
    await fixture.executor.runNow(check);
    expect([fixture.runs.length, check.status]).toEqual([1, 'Passing']);
  });

  it('that somebody asks for of a TTL says whether its time is over', async () => {
    await fixture.register('orders', { healthPath: '', interval: 5_000 });
    const check = fixture.directory.get(ID);
    expect(await fixture.executor.runNow(check)).toBeUndefined();
    fixture.clock.jump(200);
    await fixture.passUnsettled(4_790);
    await fixture.clock.advance(10);
    expect(await fixture.executor.runNow(check)).toMatchObject({ outcome: 'failure' });
  });

  it('that cannot be judged leaves the check as it was, and the next one is judged', async () => {
    await fixture.define('db');
    fixture.answer = () => Promise.reject(new Error('a fault of the runner'));
    tick();
    await fixture.clock.settle();
    expect(errors).toContainEqual(expect.stringContaining('db'));
    expect(fixture.directory.get('db')).toMatchObject({ status: 'Pending', run: undefined });
    fixture.answer = () => 'success';
    tick();
    await fixture.clock.settle();
    expect(fixture.directory.get('db').status).toBe('Passing');
  });

  it('that began before a service that fails registered anew says nothing of what registered', async () => {
    fixture.answer = () => 'failure';
    await fixture.register('orders', {});
    await fixture.pass(11_000);
    const runs = slowRuns();
    await fixture.pass(21_000);
    await fixture.register('orders', {});
    await runs.end({ outcome: 'failure', message: 'of before', durationMs: 3 });
    expect(fixture.directory.get(ID).status).toBe('Pending');
  });
});
