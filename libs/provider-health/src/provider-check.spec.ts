import { ManualClock } from '@vitals/core/time';
import { Asked } from '../test/cache-fixture.js';
import { ProviderCheck } from './provider-check.js';

const TIMEOUT_MS = 1_000;

let clock: ManualClock;
let provider: Asked;
let check: ProviderCheck;

beforeEach(() => {
  clock = new ManualClock();
  provider = new Asked();
  check = new ProviderCheck(provider, { checkTimeoutMs: TIMEOUT_MS, pollIntervalMs: TIMEOUT_MS }, clock);
});

/** So many runs, each of which is cut off unless it answers by itself. */
async function run(times: number) {
  const outcomes = [];
  for (let time = 0; time < times; time++) {
    const running = check.run();
    await clock.advance(TIMEOUT_MS);
    outcomes.push(await running);
  }
  return outcomes;
}

describe('A checker that hangs', () => {
  it('is not called a fifth time while four calls have not ended', async () => {
    const outcomes = await run(6);
    expect(provider.times).toBe(4);
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(6).fill('cut-off'));
    expect(outcomes.at(-1)).toMatchObject({
      message: '4 earlier checks have not ended; the checker ignores its signal',
    });
  });

  it('is tried again now and then', async () => {
    await run(4 + 10);
    expect(provider.times).toBe(5);
    await run(10);
    expect(provider.times).toBe(6);
  });

  it('is called as before once one of the calls has ended', async () => {
    await run(5);
    provider.answer();
    await clock.settle();
    expect(provider.times).toBe(4);
    await run(1);
    expect(provider.times).toBe(5);
  });
});

it('fires the signal of the run in progress, and of none before the first', async () => {
  check.abort('too early');
  void check.run();
  check.abort('the app shuts down');
  expect(provider.signals[0]?.reason).toEqual(new Error('the app shuts down'));
});
