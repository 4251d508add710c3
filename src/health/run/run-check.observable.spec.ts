import { ManualClock } from '../../time/manual-clock.js';
import { CheckRunner } from './check-runner.js';
import { type Check, CHECK_DEFAULTS, type CheckResult } from '../health-check.js';
import { runCheck } from './run-check.js';

interface Observer {
  next: (value: unknown) => void;
  error: (error: unknown) => void;
  complete: () => void;
}

function check(run: Check['run']): Check {
  return { ...CHECK_DEFAULTS, id: 'Feed#check', name: 'feed', run };
}

function observable(subscribe: (observer: Observer) => unknown): unknown {
  return { subscribe };
}

async function runOn(value: unknown, ms = 800) {
  const clock = new ManualClock();
  const given: { result?: CheckResult; finished: boolean } = { finished: false };
  const { result, finished } = runCheck(
    check(() => value),
    clock,
  );
  void Promise.resolve(result).then((one) => (given.result = one));
  void Promise.resolve(finished).then(() => (given.finished = true));
  await clock.advance(ms);
  return given;
}

describe('runCheck of an observable', () => {
  it('takes the last value that it emits', async () => {
    const source = observable(({ next, complete }) => [next(true), next(false), complete()]);
    expect((await runOn(source, 0)).result).toMatchObject({
      state: 'DOWN',
      reason: 'the check returned false',
    });
  });

  it('is UP if it completes without a value, as a check that returns nothing', async () => {
    expect(
      (
        await runOn(
          observable(({ complete }) => complete()),
          0,
        )
      ).result?.state,
    ).toBe('UP');
  });

  it('understands a promise of an observable, and an observable of a promise', async () => {
    const source = observable(({ next, complete }) => [next(Promise.resolve(false)), complete()]);
    expect((await runOn(Promise.resolve(source), 0)).result?.state).toBe('DOWN');
  });

  it.each<[string, unknown]>([
    ['errs', observable(({ error }) => error(new Error('refused')))],
    [
      'throws when it is subscribed to',
      observable(() => {
        throw new Error('refused');
      }),
    ],
  ])('is DOWN if it %s', async (_what, source) => {
    expect((await runOn(source, 0)).result).toMatchObject({ state: 'DOWN', reason: 'refused' });
  });

  it.each<[string, (stop: () => void) => unknown]>([
    ['an object', (stop) => ({ unsubscribe: stop })],
    ['a function', (stop) => stop],
  ])('is unsubscribed from at the timeout, by %s, and has then let go', async (_what, subscription) => {
    let stopped = 0;
    const { result, finished } = await runOn(observable(() => subscription(() => stopped++)));
    expect(result).toMatchObject({ state: 'DOWN', reason: 'timed out after 800 ms' });
    expect([stopped, finished]).toEqual([1, true]);
  });

  it('survives an unsubscription that throws', async () => {
    const source = observable(() => () => {
      throw new Error('no');
    });
    expect(await runOn(source)).toMatchObject({
      finished: true,
      result: { reason: 'timed out after 800 ms' },
    });
  });

  it('is not subscribed to any more if it comes after the timeout', async () => {
    const clock = new ManualClock();
    let subscribed = 0;
    const source = observable(() => void subscribed++);
    const late = () => new Promise((resolve) => clock.after(900, () => resolve(source)));
    const { finished } = runCheck(check(late), clock);
    await clock.advance(900);
    await finished;
    expect(subscribed).toBe(0);
  });

  it('may time out any number of times and is still run again', async () => {
    const clock = new ManualClock();
    const runner = new CheckRunner(clock);
    const silent = check(() => observable(() => () => undefined));
    for (let round = 0; round < 10; round++) {
      const result = runner.run(silent);
      await clock.advance(1_000);
      expect((await result).reason).toBe('timed out after 800 ms');
    }
  });
});
