import { judgedCheck, PlayedCheck } from '../../test/support/played-check.js';
import { statusOf } from './index.js';

describe('advance: maintenance', () => {
  it('is shown, and notifies nobody when it comes and goes', () => {
    const played = new PlayedCheck(judgedCheck());
    played.result('S', 1_000);
    expect(played.maintain(true, 1_500)).toEqual(['Passing > Maintenance, silently']);
    expect(statusOf(played.state)).toBe('Maintenance');
    expect(played.maintain(false, 9_500)).toEqual(['Maintenance > Passing, silently']);
  });

  it('opens and closes once', () => {
    const played = new PlayedCheck(judgedCheck());
    expect(played.maintain(false, 1_000)).toEqual([]);
    played.maintain(true, 2_000);
    expect(played.maintain(true, 3_000)).toEqual([]);
    expect(played.state.maintenanceSinceMs).toBe(2_000);
    played.maintain(false, 4_000);
    expect(played.maintain(false, 5_000)).toEqual([]);
  });

  it('lets checks run, but counts, judges and removes nothing', () => {
    const played = new PlayedCheck(judgedCheck({ deregisterAfterMs: 2_000, failuresBeforeCritical: 3 }));
    played.statuses('SFF');
    played.maintain(true, 3_500);
    const before = played.state;
    for (const [index, letter] of Array.from('FFFSDUWFFF').entries()) {
      const atMs = 4_000 + index * 1_000;
      expect(played.result(letter, atMs)).toEqual([]);
      expect(played.state).toEqual({ ...before, executedAtMs: atMs });
    }
  });

  it('ends with the verdict as it was, even if the target died or came back within it', () => {
    const died = new PlayedCheck(judgedCheck());
    died.result('S', 1_000);
    died.maintain(true, 2_000);
    died.result('F', 3_000);
    expect(died.maintain(false, 4_000)).toEqual(['Maintenance > Passing, silently']);
    expect(died.result('F', 5_000)).toEqual(['Passing > Critical']);

    const cameBack = new PlayedCheck(judgedCheck());
    cameBack.result('F', 1_000);
    cameBack.maintain(true, 2_000);
    cameBack.result('S', 3_000);
    expect(cameBack.maintain(false, 4_000)).toEqual(['Maintenance > Critical, silently']);
    expect(cameBack.result('S', 5_000)).toEqual(['Critical > Passing']);
  });

  it('leaves a check Pending that was', () => {
    const played = new PlayedCheck(judgedCheck());
    expect(played.maintain(true, 0)).toEqual(['Pending > Maintenance, silently']);
    played.result('F', 1_000);
    expect(played.maintain(false, 2_000)).toEqual(['Maintenance > Pending, silently']);
  });

  it('stops the clock of the removal for its length', () => {
    const played = new PlayedCheck(judgedCheck({ deregisterAfterMs: 10_000 }));
    played.result('F', 1_000);
    played.maintain(true, 5_000);
    played.maintain(false, 65_000);
    expect(played.state.failingSinceMs).toBe(61_000);
    expect(played.result('F', 71_000)).toEqual([]);
    expect(played.result('F', 71_001)).toEqual(['deregister']);
  });

  it('takes no notice of a run that started within it and ended after it', () => {
    const played = new PlayedCheck(judgedCheck());
    played.result('S', 1_000);
    played.maintain(true, 2_000);
    played.maintain(false, 5_000);
    expect(played.happen({ kind: 'result', outcome: 'failure', startedAtMs: 4_000 }, 6_000)).toEqual([]);
    expect(played.state).toMatchObject({ verdict: 'Passing', failures: 0, executedAtMs: 4_000 });
    expect(played.result('F', 7_000)).toEqual(['Passing > Critical']);
  });

  it('takes no notice of a run that started before it and ended within it', () => {
    const played = new PlayedCheck(judgedCheck());
    played.result('S', 1_000);
    played.maintain(true, 2_500);
    expect(played.happen({ kind: 'result', outcome: 'failure', startedAtMs: 2_000 }, 3_000)).toEqual([]);
    expect(played.state.failures).toBe(0);
  });
});

describe('advance: maintenance of a TTL', () => {
  const ttl = () => new PlayedCheck(judgedCheck({ intervalMs: 10_000, deregisterAfterMs: 15_000 }, 'ttl'));

  it('does not count silence', () => {
    const played = ttl();
    played.result('S', 0);
    played.maintain(true, 4_000);
    expect(played.due(60_000)).toEqual([]);
    played.maintain(false, 64_000);
    expect(played.due(69_999)).toEqual([]);
    expect(played.due(70_000)).toEqual(['Passing > Critical']);
    expect(played.state.failingSinceMs).toBe(70_000);
  });

  it('counts silence anew from its end if somebody spoke within it', () => {
    const played = ttl();
    played.result('S', 0);
    played.maintain(true, 9_000);
    played.result('S', 55_000);
    played.maintain(false, 60_000);
    expect(played.due(69_999)).toEqual([]);
    expect(played.due(70_000)).toEqual(['Passing > Critical']);
  });

  it('goes on with the silence that was counted before it', () => {
    const played = ttl();
    played.result('S', 0);
    played.due(12_000);
    played.maintain(true, 14_000);
    played.maintain(false, 54_000);
    expect(played.state).toMatchObject({ failures: 1, failingSinceMs: 50_000 });
    expect(played.due(59_999)).toEqual([]);
    expect(played.state.failures).toBe(1);
    played.due(60_000);
    expect(played.state.failures).toBe(2);
    expect(played.due(65_000)).toEqual([]);
    expect(played.due(65_001)).toEqual(['deregister']);
  });
});
