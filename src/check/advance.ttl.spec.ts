import { judgedCheck, PlayedCheck } from '../../test/support/played-check.js';
import type { CheckPolicy } from './index.js';

function ttl(policy: Partial<CheckPolicy> = {}): PlayedCheck {
  return new PlayedCheck(judgedCheck({ intervalMs: 10_000, ...policy }, 'ttl'));
}

const IN_A_ROW_3 = { failuresBeforeWarning: 3, failuresBeforeCritical: 3 };

describe('advance: TTL', () => {
  it('does nothing before the deadline', () => {
    const played = ttl();
    played.result('S', 5_000);
    const before = played.state;
    expect(played.due(14_999)).toEqual([]);
    expect(played.state).toBe(before);
  });

  it('fails at the end of an interval without a pass, and from that very time on', () => {
    const played = ttl();
    played.result('S', 5_000);
    expect(played.due(15_020)).toEqual(['Passing > Critical']);
    expect(played.state).toMatchObject({ failures: 1, failingSinceMs: 15_000, executedAtMs: 5_000 });
  });

  it('fails for want of a first pass', () => {
    const played = ttl(IN_A_ROW_3);
    expect(played.due(10_000)).toEqual(['Pending > Critical']);
    expect(played.state.failingSinceMs).toBe(10_000);
  });

  it('counts every further interval without a pass as one more failure in a row, once', () => {
    const played = ttl(IN_A_ROW_3);
    played.result('S', 0);
    expect(played.due(10_000)).toEqual([]);
    expect(played.due(10_001)).toEqual([]);
    expect(played.due(19_999)).toEqual([]);
    expect(played.state.failures).toBe(1);
    expect(played.due(20_000)).toEqual([]);
    expect(played.due(30_000)).toEqual(['Passing > Critical']);
    expect(played.state).toMatchObject({ failures: 3, failingSinceMs: 10_000 });
  });

  it('counts all intervals that a late look skipped, but none that goes on', () => {
    const played = ttl(IN_A_ROW_3);
    played.result('S', 1_000);
    expect(played.due(39_999)).toEqual(['Passing > Critical']);
    expect(played.state).toMatchObject({ failures: 3, failingSinceMs: 11_000, latestFailureAtMs: 31_000 });
    played.due(41_000);
    expect(played.state.failures).toBe(4);
  });

  it('is well again at a pass, from which silence is counted anew', () => {
    const played = ttl();
    played.due(25_000);
    expect(played.result('S', 26_000)).toEqual(['Critical > Passing']);
    expect(played.state).toMatchObject({ failures: 0, failingSinceMs: undefined });
    expect(played.due(35_999)).toEqual([]);
    expect(played.due(36_000)).toEqual(['Passing > Critical']);
  });

  it('takes a pass that comes before the late look for it', () => {
    const played = ttl();
    played.result('S', 0);
    expect(played.result('S', 10_005)).toEqual([]);
    expect(played.due(10_010)).toEqual([]);
  });

  it('fails at once when somebody says so, and counts silence from there', () => {
    const played = ttl(IN_A_ROW_3);
    played.result('S', 0);
    played.result('F', 4_000);
    expect(played.state).toMatchObject({ failures: 1, failingSinceMs: 4_000 });
    played.due(13_999);
    expect(played.state.failures).toBe(1);
    played.due(14_000);
    expect(played.state).toMatchObject({ failures: 2, failingSinceMs: 4_000 });
    expect(played.result('F', 15_000)).toEqual(['Passing > Critical']);
  });

  it('excuses the silence of a time in which the observer could not hear', () => {
    const played = ttl({ deregisterAfterMs: 15_000 });
    played.result('S', 0);
    expect(played.result('U', 9_000)).toEqual([]);
    expect(played.due(18_999)).toEqual([]);
    expect(played.due(19_000)).toEqual(['Passing > Critical']);
    played.result('U', 40_000);
    expect(played.due(40_001)).toEqual([]);
    expect(played.due(50_000)).toEqual([]);
    expect(played.due(55_000)).toEqual([]);
    expect(played.due(55_001)).toEqual(['deregister']);
  });
});

describe('advance: removal of a TTL', () => {
  it('removes after failing for longer than that by silence, at a time between two intervals', () => {
    const played = ttl({ deregisterAfterMs: 25_000 });
    expect(played.due(10_000)).toEqual(['Pending > Critical']);
    expect(played.due(35_000)).toEqual([]);
    expect(played.due(35_001)).toEqual(['deregister']);
  });

  it('removes after failing for longer than that by message', () => {
    const played = ttl({ deregisterAfterMs: 3_000 });
    played.result('F', 1_000);
    expect(played.due(4_000)).toEqual([]);
    expect(played.due(4_001)).toEqual(['deregister']);
  });

  it('removes at a late look that finds both, and makes it Critical', () => {
    const played = ttl({ ...IN_A_ROW_3, deregisterAfterMs: 5_000 });
    played.result('S', 0);
    expect(played.due(19_000)).toEqual(['Passing > Critical', 'deregister']);
  });

  it('does not remove while removal is frozen', () => {
    const played = ttl({ deregisterAfterMs: 5_000 });
    played.due(10_000);
    expect(played.due(16_000, { removalFrozen: true })).toEqual([]);
    expect(played.due(20_000, { removalFrozen: true })).toEqual([]);
    expect(played.due(20_001)).toEqual(['deregister']);
  });

  it('does not remove between passes, though they are too few for Passing', () => {
    const played = ttl({ deregisterAfterMs: 5_000, successBeforePassing: 3 });
    played.due(10_000);
    played.result('S', 11_000);
    expect(played.due(20_000)).toEqual([]);
    played.result('S', 20_500);
    expect(played.result('S', 30_000)).toEqual(['Critical > Passing']);
  });
});
