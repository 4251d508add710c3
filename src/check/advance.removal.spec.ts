import { judgedCheck, PlayedCheck } from '../../test/support/played-check.js';

const REMOVED_AFTER_10_S = { deregisterAfterMs: 10_000 };

describe('advance: removal', () => {
  it('removes after failing for longer than that, and not for exactly that', () => {
    const played = new PlayedCheck(judgedCheck(REMOVED_AFTER_10_S));
    played.result('S', 500);
    played.result('F', 1_000);
    expect(played.result('F', 11_000)).toEqual([]);
    expect(played.result('F', 11_001)).toEqual(['deregister']);
  });

  it('judges by when a run ended, and counts from when the first one that failed started', () => {
    const played = new PlayedCheck(judgedCheck(REMOVED_AFTER_10_S));
    played.happen({ kind: 'result', outcome: 'failure', startedAtMs: 1_000 }, 3_000);
    const last = { kind: 'result', outcome: 'failure', startedAtMs: 10_500 } as const;
    expect(played.happen(last, 11_001)).toEqual(['deregister']);
  });

  it('never removes where 0 says so', () => {
    const played = new PlayedCheck(judgedCheck({ deregisterAfterMs: 0 }));
    played.result('F', 1_000);
    expect(played.result('F', 1e12)).toEqual([]);
  });

  it('makes it Critical at the same time if thresholds have not yet', () => {
    const policy = { deregisterAfterMs: 1_500, failuresBeforeWarning: 5, failuresBeforeCritical: 5 };
    const played = new PlayedCheck(judgedCheck(policy));
    played.statuses('SFF');
    expect(played.result('F', 4_000)).toEqual(['Passing > Critical', 'deregister']);
    expect(played.state.verdict).toBe('Critical');
  });

  it('never removes on a success, a warning, a denial or a look that failed by the observer', () => {
    for (const letter of 'SWDU') {
      const played = new PlayedCheck(judgedCheck({ ...REMOVED_AFTER_10_S, successBeforePassing: 3 }));
      played.result('F', 1_000);
      expect(played.result(letter, 60_000)).not.toContain('deregister');
    }
  });

  it('starts over after it was well', () => {
    const played = new PlayedCheck(judgedCheck(REMOVED_AFTER_10_S));
    played.result('F', 1_000);
    played.result('S', 9_000);
    expect(played.state.failingSinceMs).toBeUndefined();
    played.result('F', 10_000);
    expect(played.result('F', 20_000)).toEqual([]);
    expect(played.result('F', 20_001)).toEqual(['deregister']);
  });

  it('removes what stays Critical although it answers now and then', () => {
    const played = new PlayedCheck(judgedCheck({ ...REMOVED_AFTER_10_S, successBeforePassing: 2 }));
    expect(played.statuses('SFSFSFSFSFS')).toBe('PCCCCCCCCCC');
    expect(played.state).toMatchObject({ successes: 1, failures: 0, failingSinceMs: 2_000 });
    expect(played.result('F', 12_000)).toEqual([]);
    expect(played.result('S', 13_000)).toEqual([]);
    expect(played.result('F', 14_000)).toEqual(['deregister']);
  });

  it('does not remove what fails now and then, but never so often that it is Critical', () => {
    const policy = { ...REMOVED_AFTER_10_S, successBeforePassing: 2, failuresBeforeCritical: 2 };
    const played = new PlayedCheck(judgedCheck(policy));
    expect(played.statuses('SFSFSFSFSFSFSFSFSFSFSF')).toBe('PWWWWWWWWWWWWWWWWWWWWW');
  });

  it('does not remove what is Critical and well in turns', () => {
    const played = new PlayedCheck(judgedCheck({ deregisterAfterMs: 1_500 }));
    for (let atMs = 1_000; atMs < 100_000; atMs += 1_000) {
      expect(played.result(atMs % 2_000 === 0 ? 'S' : 'F', atMs)).not.toContain('deregister');
    }
  });

  it('waits while removal is frozen, and does it at the first failure after that', () => {
    const played = new PlayedCheck(judgedCheck(REMOVED_AFTER_10_S));
    played.result('F', 1_000);
    expect(played.result('F', 30_000, { removalFrozen: true })).toEqual([]);
    expect(played.result('F', 31_000, { removalFrozen: true })).toEqual([]);
    expect(played.result('F', 32_000)).toEqual(['deregister']);
  });

  it('keeps to the thresholds while removal is frozen', () => {
    const policy = { deregisterAfterMs: 1_500, failuresBeforeWarning: 5, failuresBeforeCritical: 5 };
    const played = new PlayedCheck(judgedCheck(policy));
    played.statuses('SFF');
    expect(played.result('F', 4_000, { removalFrozen: true })).toEqual([]);
    expect(played.state.verdict).toBe('Passing');
  });
});
