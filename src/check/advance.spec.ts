import { judgedCheck, PlayedCheck } from '../../test/support/played-check.js';
import type { CheckPolicy } from './index.js';

/** Thresholds as successes before Passing, failures before Warning, failures before Critical. */
function thresholds([passing, warning, critical]: readonly [number, number, number]): Partial<CheckPolicy> {
  return { successBeforePassing: passing, failuresBeforeWarning: warning, failuresBeforeCritical: critical };
}

describe('advance: thresholds', () => {
  // results: Success, Warning, Failure, Denied, Unjudged; statuses: Passing, Warning, Critical, - for Pending
  it.each<[string, [number, number, number], string, string]>([
    ['one result decides unless told otherwise', [1, 1, 1], 'SFSWF', 'PCPWC'],
    ['0 counts as 1', [0, 0, 0], 'SFS', 'PCP'],
    ['failures in a row make it Critical at their number', [1, 3, 3], 'SFFFF', 'PPPCC'],
    ['failures in a row make it Warning first', [1, 2, 4], 'SFFFF', 'PPWWC'],
    ['Critical comes first where Warning needs more', [1, 5, 2], 'SFF', 'PPC'],
    ['failures that are not in a row do not count: F,S,F,S,F stays healthy', [1, 3, 3], 'SFSFSF', 'PPPPPP'],
    ['successes in a row make it Passing at their number', [3, 1, 1], 'SFSSS', 'PCCCP'],
    ['successes that are not in a row do not count', [3, 1, 1], 'SFSSFSSFSSS', 'PCCCCCCCCCP'],
    ['from Warning too it takes as many successes', [2, 1, 3], 'SFSS', 'PWWP'],
    ['the first success applies at once', [3, 1, 1], 'S', 'P'],
    ['the first failure applies at once', [1, 3, 3], 'F', 'C'],
    ['the first warning applies at once', [3, 3, 3], 'W', 'W'],
    ['after a first failure thresholds hold', [2, 3, 3], 'FSSF', 'CCPP'],
    ['a warning applies at once', [3, 3, 3], 'SW', 'PW'],
    ['a warning ends failures in a row', [1, 3, 3], 'SFFWFFF', 'PPPWWWC'],
    ['a warning counts as a success', [3, 1, 1], 'SFWWS', 'PCWWP'],
    ['a failure never makes it better', [2, 1, 3], 'SFFFSFF', 'PWWCCCC'],
    ['a failure does not make a warning better', [1, 3, 4], 'WFFFF', 'WWWWC'],
  ])('%s', (_name, policy, results, statuses) => {
    expect(new PlayedCheck(judgedCheck(thresholds(policy))).statuses(results)).toBe(statuses);
  });
});

describe('advance: looks that say nothing of the target', () => {
  it.each<[string, [number, number, number], string, string]>([
    ['denied is Warning from the first', [1, 1, 1], 'D', 'W'],
    ['denied never is Critical, however often', [1, 1, 1], 'SDDDDDDDDDD', 'PWWWWWWWWWW'],
    ['denied takes Critical back', [1, 1, 1], 'SFD', 'PCW'],
    ['denied ends failures in a row', [1, 3, 3], 'SFFDFFF', 'PPPWWWC'],
    ['denied ends successes in a row', [3, 1, 1], 'SFSSDSSS', 'PCCCWWWP'],
    ['unjudged leaves it Pending', [1, 1, 1], 'UUS', '--P'],
    ['unjudged changes no verdict', [1, 1, 1], 'SUFUWU', 'PPCCWW'],
    ['unjudged does not stand between failures in a row', [1, 3, 3], 'SFUFUF', 'PPPPPC'],
    ['unjudged does not stand between successes in a row', [3, 1, 1], 'SFSUSUS', 'PCCCCCP'],
  ])('%s', (_name, policy, results, statuses) => {
    expect(new PlayedCheck(judgedCheck(thresholds(policy))).statuses(results)).toBe(statuses);
  });

  it('unjudged moves nothing but the time of the run', () => {
    const played = new PlayedCheck(judgedCheck());
    played.statuses('FS');
    const before = played.state;
    expect(played.result('U', 3_000)).toEqual([]);
    expect(played.state).toEqual({ ...before, executedAtMs: 3_000 });
  });

  it('unjudged stops the clock of failing since the look before it, and lets it go on where it stood', () => {
    const played = new PlayedCheck(judgedCheck({ deregisterAfterMs: 10_000 }));
    played.result('F', 1_000);
    played.result('F', 4_000);
    for (let atMs = 5_000; atMs <= 604_000; atMs += 1_000) played.result('U', atMs);
    expect(played.state).toMatchObject({ verdict: 'Critical', failures: 2, failingSinceMs: 601_000 });
    expect(played.result('F', 611_000)).toEqual([]);
    expect(played.result('F', 611_001)).toEqual(['deregister']);
  });

  it('denied for ever removes nobody', () => {
    const played = new PlayedCheck(judgedCheck({ deregisterAfterMs: 10_000 }));
    played.result('F', 1_000);
    for (let atMs = 2_000; atMs < 100_000; atMs += 1_000) {
      expect(played.result('D', atMs)).not.toContain('deregister');
    }
    expect(played.state).toMatchObject({ verdict: 'Warning', failures: 0, failingSinceMs: undefined });
    expect(played.result('F', 100_000)).toEqual(['Warning > Critical']);
  });
});

describe('advance: what follows', () => {
  it('tells each change of the status once, and to those who have to know', () => {
    const played = new PlayedCheck(judgedCheck());
    expect(played.result('S', 1_000)).toEqual(['Pending > Passing']);
    expect(played.result('S', 2_000)).toEqual([]);
    expect(played.result('F', 3_000)).toEqual(['Passing > Critical']);
    expect(played.result('F', 4_000)).toEqual([]);
    expect(played.result('W', 5_000)).toEqual(['Critical > Warning']);
  });

  it('counts results of one kind in a row, and dates the first failure and the last by the start of their runs', () => {
    const played = new PlayedCheck(judgedCheck({ failuresBeforeCritical: 5, failuresBeforeWarning: 5 }));
    played.result('S', 1_000);
    played.happen({ kind: 'result', outcome: 'failure', startedAtMs: 2_000 }, 2_900);
    played.happen({ kind: 'result', outcome: 'failure', startedAtMs: 3_000 }, 4_900);
    expect(played.state).toMatchObject({
      successes: 0,
      failures: 2,
      failingSinceMs: 2_000,
      latestFailureAtMs: 3_000,
      executedAtMs: 3_000,
    });
  });

  it('takes no notice of a run that started before the check began, but of its time', () => {
    const played = new PlayedCheck(judgedCheck());
    expect(played.result('F', -1)).toEqual([]);
    expect(played.state).toMatchObject({ verdict: 'Pending', failures: 0, executedAtMs: -1 });
  });

  it('takes no notice of a run that started before one that was judged already', () => {
    const played = new PlayedCheck(judgedCheck());
    played.result('S', 2_000);
    const before = played.state;
    expect(played.happen({ kind: 'result', outcome: 'failure', startedAtMs: 1_999 }, 2_500)).toEqual([]);
    expect(played.state).toEqual(before);
  });

  it('does nothing to an active check because time has passed', () => {
    const played = new PlayedCheck(judgedCheck());
    played.result('F', 1_000);
    const before = played.state;
    expect(played.due(1_000_000)).toEqual([]);
    expect(played.state).toBe(before);
  });
});
