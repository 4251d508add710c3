import { DEFAULT_INTERVALS, IntervalPolicy } from '../lease/index.js';
import { ManualClock, RunningClock } from '../time/index.js';
import { clusterGraceMs, clusterTimes } from './cluster-times.js';
import { FollowedPartition } from './followed-partition.js';

const TIMES = clusterTimes(2, 16, 10_000);
const ALLOWED_MS = 33_000 + 3_000 + clusterGraceMs(TIMES);
const EVERY_MS = TIMES.watermarkMs;

function setUp() {
  const clock = new ManualClock();
  const running = new RunningClock(clock, EVERY_MS, 2 * EVERY_MS);
  const graceMs = DEFAULT_INTERVALS.graceMs + clusterGraceMs(TIMES);
  const policy = new IntervalPolicy({ ...DEFAULT_INTERVALS, graceMs }, () => 0.999);
  const partition = new FollowedPartition(running, policy, TIMES, { size: 0 });
  const lease = partition.leases.register('p');
  partition.leases.apply(lease, 'Available');
  partition.onMembers(new Set(['a', 'b']));
  partition.onCaughtUp();
  /** Time passes, watermarks of these come. */
  const run = (ms: number, ...instances: string[]) => {
    for (let leftMs = ms; leftMs > 0; leftMs -= EVERY_MS) {
      clock.jump(EVERY_MS);
      partition.nowMs();
      for (const instance of instances) partition.onWatermark(instance, clock.monotonicMs());
      partition.giveUpDead();
    }
  };
  run(2_000, 'a', 'b');
  partition.onBeat(lease, 11_000, 'a');
  const remainingMs = () => partition.leases.view(lease).remainingMs;
  return { clock, partition, lease, run, remainingMs };
}

describe('A followed partition', () => {
  it('judges by its clock: who is silent is found after the deadline, while all watermarks come', () => {
    const { partition, run, remainingMs } = setUp();
    expect(remainingMs()).toBe(ALLOWED_MS);
    run(ALLOWED_MS + EVERY_MS, 'a', 'b');
    expect(partition.leases.findExpired(10)).toHaveLength(1);
    expect(partition.standstill()).toBeUndefined();
  });

  it('finds nobody while an instance that is a member proves nothing', () => {
    const { partition, run, remainingMs } = setUp();
    run(10 * ALLOWED_MS, 'a');
    expect(partition.leases.findExpired(10)).toEqual([]);
    expect(remainingMs()).toBeGreaterThanOrEqual(ALLOWED_MS - TIMES.slackMs);
    expect(partition.standstill()).toMatchObject({ why: 'silent', instance: 'b' });
    expect(partition.pausedMs).toBeGreaterThan(9 * ALLOWED_MS);
  });

  it('gives every lease a full deadline when an instance died, whichever instance it was renewed through', () => {
    const { partition, run, remainingMs } = setUp();
    run(30_000, 'a', 'b');
    expect(remainingMs()).toBe(ALLOWED_MS - 30_000);
    run(TIMES.deadAfterMs, 'a');
    partition.onMembers(new Set(['a']));
    expect(partition.giveUpDead()).toEqual(['b']);
    expect(partition.giveUpDead()).toEqual([]);
    expect(remainingMs()).toBe(ALLOWED_MS);
    run(ALLOWED_MS + EVERY_MS, 'a');
    expect(partition.leases.findExpired(10)).toHaveLength(1);
  });

  it('does not give up an instance that the group has expelled while its records come, or that comes back', () => {
    const { partition, run, remainingMs } = setUp();
    partition.onMembers(new Set(['a']));
    run(20_000, 'a', 'b');
    expect(remainingMs()).toBe(ALLOWED_MS - 20_000);
    run(5_000, 'a');
    partition.onMembers(new Set(['a', 'b']));
    run(20_000, 'a');
    expect(partition.standstill()).toMatchObject({ instance: 'b' });
  });

  it('takes an instance for live again when a beat of it is read after it was given up', () => {
    const { partition, lease, run } = setUp();
    partition.onMembers(new Set(['a']));
    run(TIMES.deadAfterMs + EVERY_MS, 'a');
    partition.onBeat(lease, 10_000, 'b');
    run(5_000, 'a');
    expect(partition.standstill()).toMatchObject({ instance: 'b' });
  });

  it('waits for a member that stopped before anything of it was read', () => {
    const { partition, run, remainingMs } = setUp();
    partition.onMembers(new Set(['a', 'b', 'c']));
    run(60_000, 'a', 'b');
    expect(remainingMs()).toBe(ALLOWED_MS);
    expect(partition.standstill()).toMatchObject({ why: 'silent', instance: 'c' });
    partition.onMembers(new Set(['a', 'b']));
    expect(partition.giveUpDead()).toEqual(['c']);
  });

  it('waits for nothing after a farewell, and extends nothing, although the group knows of it later', () => {
    const { partition, run, remainingMs } = setUp();
    partition.onFarewell('b');
    partition.onMembers(new Set(['a', 'b']));
    run(20_000, 'a');
    expect(remainingMs()).toBe(ALLOWED_MS - 20_000);
  });

  it('gives every lease a full deadline once beats were refused, and at a takeover', () => {
    const { clock, partition, run, remainingMs } = setUp();
    run(20_000, 'a', 'b');
    partition.onWatermark('a', clock.monotonicMs(), true);
    partition.onWatermark('b', clock.monotonicMs(), true);
    expect(remainingMs()).toBe(ALLOWED_MS);
    run(20_000, 'a', 'b');
    partition.rebuild();
    expect(remainingMs()).toBe(ALLOWED_MS);
  });

  it('counts nothing while it reads the log anew', () => {
    const { partition, run, remainingMs } = setUp();
    partition.onFallenBehind();
    run(60_000, 'a', 'b');
    expect([remainingMs(), partition.standstill()?.why]).toEqual([ALLOWED_MS, 'catching-up']);
    partition.onCaughtUp();
    run(1_000, 'a', 'b');
    expect(remainingMs()).toBe(ALLOWED_MS - 1_000);
  });
});
