import type { ProbeResult } from '@vitals/core/check';
import { ManualClock } from '@vitals/core/time';
import { httpTarget } from '../../test/outbound/outbound-fixture.js';
import { DescriptorBudget, hostOf, ProbeLanes, readLimit } from './probe.lanes.js';

const WELL: ProbeResult = { outcome: 'success', message: 'answered 200', durationMs: 3 };

function setUp(living = 2, failing = 1, waiting = 100) {
  const clock = new ManualClock();
  const lanes = new ProbeLanes(clock, {
    living: { overall: living, perHost: 1, waiting },
    failing: { overall: failing, perHost: 1, waiting },
  });
  return { clock, lanes };
}

const never = (): Promise<ProbeResult> => new Promise(() => undefined);

describe('ProbeLanes', () => {
  it('gives the result of the look, and how long it waited', async () => {
    const { clock, lanes } = setUp(1);
    let finish: (result: ProbeResult) => void = () => undefined;
    void lanes.run({ host: 'a', failing: false }, () => new Promise((resolve) => (finish = resolve)));
    const second = lanes.run({ host: 'b', failing: false }, () => Promise.resolve(WELL));
    await clock.advance(250);
    finish(WELL);
    expect(await second).toEqual({ ...WELL, waitedMs: 250 });
    expect(lanes).toMatchObject({ living: { running: 0, waiting: 0 }, failing: { running: 0, waiting: 0 } });
  });

  it('does not let the living wait for the dead', async () => {
    const { lanes } = setUp(2, 1, 10_000);
    for (let index = 0; index < 5_000; index++)
      void lanes.run({ host: `dead${index}`, failing: true }, never);
    expect(lanes.failing).toMatchObject({ running: 1, waiting: 4_999 });
    expect(await lanes.run({ host: 'a', failing: false }, () => Promise.resolve(WELL))).toMatchObject({
      waitedMs: 0,
    });
  });

  it('does not let others wait for a host that is busy', async () => {
    const { lanes } = setUp(2);
    for (let index = 0; index < 50; index++) void lanes.run({ host: 'slow', failing: false }, never);
    expect(await lanes.run({ host: 'a', failing: false }, () => Promise.resolve(WELL))).toMatchObject({
      waitedMs: 0,
    });
  });

  it('does not look where too many wait already, and says so', async () => {
    const { lanes } = setUp(1, 1, 2);
    for (let index = 0; index < 3; index++) void lanes.run({ host: `${index}`, failing: false }, never);
    const result = await lanes.run({ host: 'd', failing: false }, never);
    expect(result).toMatchObject({ outcome: 'unjudged', durationMs: 0, waitedMs: 0 });
    expect(result.message).toContain('2 checks wait already');
  });

  it('gives a place back when the look throws or rejects', async () => {
    const { lanes } = setUp(1);
    const key = { host: 'a', failing: false };
    await expect(lanes.run(key, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(
      lanes.run(key, () => {
        throw new Error('not even that');
      }),
    ).rejects.toThrow('not even that');
    expect(await lanes.run(key, () => Promise.resolve(WELL))).toMatchObject(WELL);
  });
});

describe('hostOf', () => {
  it.each([
    [httpTarget('https://Example.org:8443/x'), 'example.org'],
    [httpTarget('http://[::1]:80/'), '[::1]'],
    [httpTarget('nothing'), 'nothing'],
    [{ kind: 'tcp', host: 'Example.org', port: 1 } as const, 'example.org'],
  ])('of %j is %s', (target, host) => expect(hostOf(target)).toBe(host));
});

describe('DescriptorBudget', () => {
  it.each([
    [1_024, 204, 102, 512],
    [20_000, 2_048, 1_024, 10_000],
    [1_048_576, 2_048, 1_024, 32_768],
    [64, 16, 8, 32],
  ])(
    'of %d descriptors gives %d to the living, %d to the failing, and keeps %d',
    (limit, living, failing, mostIdle) => {
      expect(new DescriptorBudget(limit)).toEqual({ living, failing, mostIdle });
    },
  );

  it.each([
    [
      'Limit   Soft Limit  Hard Limit  Units\nMax open files            20000                524288               files     \n',
      20_000,
    ],
    ['Max open files            unlimited            unlimited            files\n', Number.MAX_SAFE_INTEGER],
    ['', 4_096],
  ])('reads %j', (limits, limit) => expect(readLimit(limits)).toBe(limit));

  it('knows that of this process', () => {
    expect(DescriptorBudget.ofProcess().living).toBeGreaterThanOrEqual(16);
  });
});
