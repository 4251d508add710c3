import { ManualClock } from '../../time/manual-clock.js';
import { type Check, CHECK_DEFAULTS } from '../health-check.js';
import { HealthStatus } from '../status.js';
import { CheckRunner } from './check-runner.js';

/** Runs a check once for each of these, and says under which names. */
async function namesAfter(outcomes: readonly (() => unknown)[], more: Partial<Check> = {}) {
  const clock = new ManualClock();
  const told: string[] = [];
  const runner = new CheckRunner(clock, { ran: ({ name }) => told.push(name) });
  let at = 0;
  const check: Check = { ...CHECK_DEFAULTS, id: 'Db#ping', run: () => outcomes[at]?.(), ...more };
  const names: string[] = [];
  for (; at < outcomes.length; at++) {
    const result = runner.run(check);
    await clock.advance(800);
    names.push((await result).name);
  }
  expect(told).toEqual(names);
  return names;
}

const reports = (name: string) => () => HealthStatus.named(name).up();
const indicates = (key: string) => () => ({ [key]: { status: 'up' } });
const hangs = (): Promise<never> => new Promise(() => undefined);
const throws = (): never => {
  throw new Error('refused');
};

describe('CheckRunner, the name of a check', () => {
  it.each<[string, () => unknown]>([
    ['throws', throws],
    ['times out', hangs],
    ['returns what is no status', () => 42],
    ['reports no name', () => HealthStatus.down()],
    ['reports an empty name', () => HealthStatus.named('')],
  ])('is the one that it reported last, also when it %s', async (_what, outcome) => {
    const expected = ['reported', 'reported', 'other', 'other'];
    const outcomes = [reports('reported'), outcome, reports('other'), outcome];
    expect(await namesAfter(outcomes, { name: 'declared' })).toEqual(expected);
    expect(await namesAfter(outcomes)).toEqual(expected);
  });

  it('is the declared one, or the identity, until it reported one', async () => {
    expect(await namesAfter([throws, reports('x')], { name: 'declared' })).toEqual(['declared', 'x']);
    expect(await namesAfter([throws, hangs, reports('x')])).toEqual(['Db#ping', 'Db#ping', 'x']);
  });

  it('is the key of a terminus result only without a declared one', async () => {
    const outcomes = [indicates('db'), throws];
    expect(await namesAfter(outcomes)).toEqual(['db', 'db']);
    expect(await namesAfter(outcomes, { name: 'declared' })).toEqual(['declared', 'declared']);
  });

  it('stays when a check is not run because it hangs', async () => {
    const outcomes = [reports('x'), ...Array.from({ length: 6 }, () => hangs)];
    expect(new Set(await namesAfter(outcomes))).toEqual(new Set(['x']));
  });

  it('stays in an answer that a run is late for, also after the last result was dropped', async () => {
    const clock = new ManualClock();
    const runner = new CheckRunner(clock);
    let outcome: () => unknown = reports('x');
    const check: Check = { ...CHECK_DEFAULTS, id: 'Db#ping', run: () => outcome() };
    await runner.run(check);
    outcome = hangs;
    runner.expire(check);
    const results = runner.results([check], 100);
    await clock.advance(100);
    expect(await results).toMatchObject([
      { name: 'x', state: 'DOWN', reason: 'no result within 100 ms, and none from before' },
    ]);
  });

  it('stays when its last result is dropped, and goes with all that is remembered', async () => {
    const runner = new CheckRunner(new ManualClock());
    let outcome: () => unknown = reports('x');
    const check: Check = { ...CHECK_DEFAULTS, id: 'Db#ping', run: () => outcome() };
    await runner.run(check);
    outcome = throws;
    runner.expire(check);
    expect((await runner.run(check)).name).toBe('x');
    runner.forget(check);
    expect((await runner.run(check)).name).toBe('Db#ping');
  });
});
