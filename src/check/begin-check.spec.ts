import { judgedCheck, PlayedCheck } from '../../test/support/played-check.js';
import { failingForMs, type RecoveredCheck, recoverCheck, startCheck } from './index.js';

const REMOVED_AFTER_10_S = { deregisterAfterMs: 10_000 };

/** What is kept of a check, as of a time. */
function keptOf({ state }: PlayedCheck, atMs: number): RecoveredCheck {
  const { verdict, successes, failures, executeIntervalMs, maintenanceSinceMs } = state;
  const inMaintenance = maintenanceSinceMs !== undefined;
  return {
    verdict,
    successes,
    failures,
    executeIntervalMs,
    inMaintenance,
    failingForMs: failingForMs(state, atMs),
  };
}

function restart(played: PlayedCheck, writtenAtMs: number, backAtMs: number): void {
  played.state = recoverCheck(keptOf(played, writtenAtMs), played.check, backAtMs);
}

describe('startCheck', () => {
  it('knows nothing yet, and waits from now on', () => {
    expect(startCheck(judgedCheck({ intervalMs: 7_000 }), 123)).toEqual({
      verdict: 'Pending',
      maintenanceSinceMs: undefined,
      successes: 0,
      failures: 0,
      failingSinceMs: undefined,
      latestFailureAtMs: undefined,
      executedAtMs: undefined,
      executeIntervalMs: 7_000,
      heardAtMs: 123,
    });
  });
});

describe('recoverCheck', () => {
  it('keeps verdict and counters, so that a restart changes no status', () => {
    const played = new PlayedCheck(judgedCheck({ failuresBeforeWarning: 2, failuresBeforeCritical: 3 }));
    played.statuses('SFF');
    restart(played, 3_000, 900_000);
    expect(played.state).toMatchObject({ verdict: 'Warning', successes: 0, failures: 2 });
    expect(played.result('F', 901_000)).toEqual(['Warning > Critical']);
  });

  it('keeps a doubled interval', () => {
    const played = new PlayedCheck(judgedCheck());
    played.statuses('FF');
    restart(played, 2_000, 900_000);
    expect(played.state.executeIntervalMs).toBe(4_000);
  });

  it('goes by the interval of now for what is not Critical, and never below it', () => {
    const kept = {
      successes: 0,
      failures: 1,
      inMaintenance: false,
      failingForMs: 0,
      executeIntervalMs: 2_000,
    };
    const check = judgedCheck({ intervalMs: 5_000 });
    expect(recoverCheck({ ...kept, verdict: 'Warning' }, check, 0).executeIntervalMs).toBe(5_000);
    expect(recoverCheck({ ...kept, verdict: 'Critical' }, check, 0).executeIntervalMs).toBe(5_000);
  });

  it('neither counts the outage as failing nor lets failing start over', () => {
    const played = new PlayedCheck(judgedCheck(REMOVED_AFTER_10_S));
    played.result('F', 1_000);
    played.result('F', 5_000);
    restart(played, 5_000, 500_000);
    expect(played.state.failingSinceMs).toBe(496_000);
    expect(played.result('F', 506_000)).toEqual([]);
    expect(played.result('F', 506_001)).toEqual(['deregister']);
  });

  it('counts the silence of a TTL anew, although it was failing for almost long enough', () => {
    const played = new PlayedCheck(judgedCheck({ ...REMOVED_AFTER_10_S, intervalMs: 5_000 }, 'ttl'));
    played.due(5_000);
    played.due(14_990);
    restart(played, 14_990, 500_000);
    expect(played.nextMs(500_000)).toBe(505_000);
    expect(played.due(504_999)).toEqual([]);
    expect(played.due(505_000)).toEqual(['deregister']);
  });

  it('lets a TTL that was failing speak first', () => {
    const played = new PlayedCheck(judgedCheck({ ...REMOVED_AFTER_10_S, intervalMs: 5_000 }, 'ttl'));
    played.due(14_990);
    restart(played, 14_990, 500_000);
    expect(played.result('S', 504_000)).toEqual(['Critical > Passing']);
  });

  it('is in maintenance if it was, with the clock of failing as it stood when that began', () => {
    const played = new PlayedCheck(judgedCheck(REMOVED_AFTER_10_S));
    played.result('F', 1_000);
    played.maintain(true, 4_000);
    restart(played, 50_000, 500_000);
    expect(played.maintain(false, 510_000)).toEqual(['Maintenance > Critical, silently']);
    expect(played.state.failingSinceMs).toBe(507_000);
  });

  it('takes up a streak that a single success did not end', () => {
    const played = new PlayedCheck(judgedCheck({ ...REMOVED_AFTER_10_S, successBeforePassing: 3 }));
    played.result('F', 1_000);
    played.result('S', 5_000);
    restart(played, 5_000, 500_000);
    expect(played.state.failingSinceMs).toBe(496_000);
    expect(played.result('F', 506_001)).toEqual(['deregister']);
  });

  it('does not take up a streak of what is well', () => {
    const kept = {
      successes: 3,
      failures: 0,
      inMaintenance: false,
      failingForMs: 60_000,
      executeIntervalMs: 1_000,
    };
    expect(
      recoverCheck({ ...kept, verdict: 'Passing' }, judgedCheck(), 100_000).failingSinceMs,
    ).toBeUndefined();
  });

  it('does not begin a streak in the future because a clock was set back', () => {
    const kept = {
      successes: 0,
      failures: 3,
      inMaintenance: false,
      failingForMs: -5,
      executeIntervalMs: 1_000,
    };
    expect(recoverCheck({ ...kept, verdict: 'Critical' }, judgedCheck(), 100).failingSinceMs).toBe(100);
  });
});
