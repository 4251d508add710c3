import { DEFAULT_INTERVALS, type Fleet, IntervalPolicy, maxAdvertisedMs } from '../lease/index.js';
import { ManualClock, RunningClock } from '../time/index.js';
import { LeaseCopy } from './lease-copy.js';

const ALLOWED_MS = 36_000;

function setUp({ maxHeartbeatsPerSecond = 20_000 } = {}) {
  const clock = new ManualClock();
  const running = new RunningClock(clock, 50, 1_000_000);
  const fleet: Fleet = { size: 0 };
  const policy = new IntervalPolicy({ ...DEFAULT_INTERVALS, maxHeartbeatsPerSecond }, () => 0.999);
  const [copy, other] = [new LeaseCopy(running, policy, fleet), new LeaseCopy(running, policy, fleet)];
  const lease = copy.register('a');
  copy.apply(lease, 'Available');
  copy.hear(lease, 11_000);
  return {
    clock,
    copy,
    other,
    lease,
    fleet,
    found: () => copy.findExpired(10).map(({ transition }) => transition),
  };
}

describe('A copy of the leases', () => {
  it('answers a beat without changing anything: it counts when it is read from the log', () => {
    const { clock, copy, lease } = setUp();
    clock.jump(20_000);
    expect(copy.answer(lease)).toEqual({
      nextIntervalSeconds: 3,
      transition: undefined,
      advertisedMs: undefined,
    });
    expect(copy.view(lease)).toMatchObject({
      availability: 'Suspect',
      silentMs: 20_000,
      remainingMs: 16_000,
    });
    copy.hear(lease, 3_000);
    expect(copy.view(lease)).toMatchObject({
      availability: 'Available',
      silentMs: 0,
      remainingMs: ALLOWED_MS,
    });
  });

  it('finds silence, and is none the wiser until it is applied', () => {
    const { clock, copy, lease, found } = setUp();
    clock.jump(ALLOWED_MS + 20);
    expect(found()).toMatchObject([
      { subject: 'a', from: 'Available', to: 'Unavailable', cause: 'no heartbeat for 36 s' },
    ]);
    expect([lease.state, copy.isExpired(lease), found()]).toEqual(['Available', true, []]);
    copy.apply(lease, 'Unavailable');
    expect([lease.state, copy.isExpired(lease), copy.availability(lease)]).toEqual([
      'Unavailable',
      false,
      'Unavailable',
    ]);
  });

  it('finds it again when it was put back, and not when it was heard meanwhile', () => {
    const { clock, copy, lease, found } = setUp();
    clock.jump(ALLOWED_MS + 20);
    expect(found()).toHaveLength(1);
    copy.putBack([lease]);
    expect(found()).toHaveLength(1);
    copy.hear(lease, 10_000);
    expect(copy.isExpired(lease)).toBe(false);
    copy.putBack([lease]);
    expect(found()).toEqual([]);
    clock.jump(ALLOWED_MS + 20);
    expect(found()).toHaveLength(1);
  });

  it('offers the return of a provider as a transition, and has it when it is applied', () => {
    const { clock, copy, lease } = setUp();
    copy.apply(lease, 'Unavailable');
    copy.hear(lease, 10_000);
    expect([lease.state, copy.findExpired(10)]).toEqual(['Unavailable', []]);
    expect(copy.answer(lease).transition).toMatchObject({
      from: 'Unavailable',
      to: 'Available',
      cause: 'heartbeats resumed',
    });
    copy.apply(lease, 'Available');
    copy.apply(lease, 'Available');
    clock.jump(ALLOWED_MS - 1);
    expect(copy.isExpired(lease)).toBe(false);
    clock.jump(21);
    expect(copy.findExpired(10)).toHaveLength(1);
  });

  it('does not find who is silent and Unavailable already, although a late beat of it was read', () => {
    const { clock, copy, lease } = setUp();
    copy.apply(lease, 'Unavailable');
    copy.hear(lease, 10_000);
    clock.jump(2 * ALLOWED_MS);
    expect(copy.findExpired(10)).toEqual([]);
  });

  it('gives everybody a full deadline, also who was found silent and is not written', () => {
    const { clock, copy, lease, found } = setUp();
    const silent = copy.register('silent');
    const dead = copy.register('dead');
    copy.apply(dead, 'Unavailable');
    clock.jump(ALLOWED_MS + 20);
    expect(found()).toHaveLength(2);
    copy.extendAll();
    expect([lease, silent, dead].map((each) => copy.isExpired(each))).toEqual([false, false, false]);
    clock.jump(ALLOWED_MS - 1);
    expect(found()).toEqual([]);
    clock.jump(21);
    expect(
      found()
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(['a', 'silent']);
  });

  it('extends by the longest interval that a provider may have been told, which was committed before it was', () => {
    const { clock, copy, lease, fleet, found } = setUp({ maxHeartbeatsPerSecond: 1 });
    fleet.size = 40;
    const { advertisedMs } = copy.answer(lease);
    expect(advertisedMs).toBe(44_000);
    expect(maxAdvertisedMs(lease)).toBe(11_000);
    copy.applyAdvertised(lease, 44_000);
    expect(copy.answer(lease).advertisedMs).toBeUndefined();
    fleet.size = 1;
    copy.extendAll();
    clock.jump(3 * 44_000);
    expect(found()).toEqual([]);
    clock.jump(3_020);
    expect(found()).toHaveLength(1);
  });

  it('shares the fleet with those of other partitions', () => {
    const { copy, other } = setUp();
    const lease = other.register('b');
    expect([copy.size, other.size]).toEqual([2, 2]);
    other.revoke(lease);
    expect(copy.size).toBe(1);
  });
});
