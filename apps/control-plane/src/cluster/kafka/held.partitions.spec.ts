import { ManualClock } from '@vitals/core/time';
import { HeldPartitions } from './held.partitions.js';

const SESSION_MS = 6_000;

describe('HeldPartitions', () => {
  let clock: ManualClock;
  let held: HeldPartitions;
  let lost: (readonly number[])[];

  beforeEach(() => {
    clock = new ManualClock();
    lost = [];
    held = new HeldPartitions(clock, SESSION_MS, (partitions) => lost.push(partitions));
    held.renew(clock.monotonicMs());
    held.take([1, 2]);
  });

  const holds = (partition: number): boolean => held.of(partition) !== undefined;

  it('holds what it took until a session after the last sign of life was sent that was answered', async () => {
    await clock.advance(4_000);
    held.renew(clock.monotonicMs() - 1_000);
    await clock.advance(4_999);
    expect([holds(1), holds(3), lost]).toEqual([true, false, []]);
    await clock.advance(1);
    expect([holds(1), lost]).toEqual([false, [[1, 2]]]);
  });

  it('has nothing back when an answer comes too late, though it was to a sign that was sent in time', async () => {
    await clock.advance(SESSION_MS);
    held.renew(clock.monotonicMs() - 100);
    expect([holds(1), held.partitions, lost]).toEqual([false, [], [[1, 2]]]);
  });

  it('holds nothing when the process was stopped, before any timer has run', () => {
    const stopped = new (class extends ManualClock {
      override monotonicMs(): number {
        return super.monotonicMs() + skippedMs;
      }
    })();
    let skippedMs = 0;
    const woken = new HeldPartitions(stopped, SESSION_MS, (partitions) => lost.push(partitions));
    woken.renew(stopped.monotonicMs());
    woken.take([7]);
    skippedMs = 60_000;
    expect([woken.of(7), lost]).toEqual([undefined, []]);
    woken.renew(stopped.monotonicMs() - 59_000);
    expect([woken.of(7), lost]).toEqual([undefined, [[7]]]);
  });

  it('tells one time of holding from another', () => {
    const first = held.of(1);
    held.letGo([1]);
    expect([first?.isOver, holds(1)]).toEqual([true, false]);
    held.take([1]);
    expect(held.of(1)).not.toBe(first);
    expect(held.of(1)).toEqual({ isOver: false });
  });

  it('says once what is lost', async () => {
    held.lose();
    held.lose();
    await clock.advance(2 * SESSION_MS);
    expect(lost).toEqual([[1, 2]]);
  });
});
