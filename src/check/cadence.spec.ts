import { judgedCheck, PlayedCheck } from '../../test/support/played-check.js';
import { type CheckPolicy, staggerMs } from './index.js';

const SECONDS_10 = { intervalMs: 10_000 };

/** When a target that never answers is looked at, from 1 s on, until it is removed or `untilMs` has come. */
function looks(
  policy: Partial<CheckPolicy>,
  untilMs = Number.POSITIVE_INFINITY,
  frozenUntilMs = 0,
): number[] {
  const played = new PlayedCheck(judgedCheck(policy));
  const times: number[] = [];
  for (let atMs = 1_000; atMs < untilMs; atMs = played.nextMs(atMs)) {
    times.push(atMs);
    if (played.result('F', atMs, { removalFrozen: atMs < frozenUntilMs }).includes('deregister')) break;
  }
  return times;
}

/** light-controller's rule: looked at in whole seconds, doubling without a limit. */
function upstreamLooks(intervalMs: number, deregisterAfterMs: number): number[] {
  const times: number[] = [];
  let executeIntervalMs = intervalMs;
  let lastExecuteMs = Number.NEGATIVE_INFINITY;
  let lastFailedMs = 0;
  for (let nowMs = 1_000; ; nowMs += 1_000) {
    if (nowMs - executeIntervalMs <= lastExecuteMs) continue;
    times.push(nowMs);
    lastExecuteMs = nowMs;
    lastFailedMs ||= nowMs;
    executeIntervalMs *= 2;
    if (nowMs - deregisterAfterMs > lastFailedMs) return times;
  }
}

describe('cadence of a failing target', () => {
  it('upstream looks at 1, 22, 63 and 144 s, and removes at 144 s', () => {
    expect(upstreamLooks(10_000, 120_000)).toEqual([1_000, 22_000, 63_000, 144_000]);
  });

  it('looks at 1, 21 and 61 s, and removes just after 121 s', () => {
    expect(looks(SECONDS_10)).toEqual([1_000, 21_000, 61_000, 121_001]);
  });

  it.each<[string, Partial<CheckPolicy>, number[]]>([
    ['the removal comes before the first doubled interval', { deregisterAfterMs: 5_000 }, [1_000, 6_001]],
    ['the removal comes within the second', { deregisterAfterMs: 30_000 }, [1_000, 21_000, 31_001]],
    [
      'the removal falls on a look, and one serves both',
      { deregisterAfterMs: 60_000 },
      [1_000, 21_000, 61_001],
    ],
  ])('never delays the removal: %s', (_name, policy, times) => {
    expect(looks({ ...SECONDS_10, ...policy })).toEqual(times);
  });

  it('is never removed later than by upstream, whatever the policy', () => {
    for (const intervalMs of [1_000, 3_000, 10_000, 60_000]) {
      for (const deregisterAfterMs of [1_000, 15_000, 120_000, 3_600_000]) {
        const here = looks({ intervalMs, deregisterAfterMs });
        expect(here.at(-1)).toBe(1_000 + deregisterAfterMs + 1);
        expect(here.at(-1)).toBeLessThanOrEqual(
          upstreamLooks(intervalMs, deregisterAfterMs).at(-1) as number,
        );
      }
    }
  });

  it.each([0, 3_600_000])(
    'looks once a minute in the end, with a removal after %s ms',
    (deregisterAfterMs) => {
      const times = looks({ ...SECONDS_10, deregisterAfterMs }, 300_000);
      expect(times).toEqual([1_000, 21_000, 61_000, 121_000, 181_000, 241_000]);
    },
  );

  it('never looks more rarely than the interval says because of that', () => {
    expect(looks({ intervalMs: 90_000, deregisterAfterMs: 0 }, 300_000)).toEqual([
      1_000, 91_000, 181_000, 271_000,
    ]);
  });

  it('looks once a minute while the removal is due but frozen, and removes at the next look', () => {
    const times = looks(SECONDS_10, Number.POSITIVE_INFINITY, 300_000);
    expect(times).toEqual([1_000, 21_000, 61_000, 121_001, 181_001, 241_001, 301_001]);
  });

  it('does not look more rarely until it is Critical', () => {
    const played = new PlayedCheck(judgedCheck({ ...SECONDS_10, failuresBeforeCritical: 3 }));
    const intervals = Array.from('SFFFFF').map((letter, index) => {
      played.result(letter, 1_000 * (index + 1));
      return played.state.executeIntervalMs;
    });
    expect(intervals).toEqual([10_000, 10_000, 10_000, 20_000, 40_000, 60_000]);
  });

  it.each(['S', 'W', 'D'])('looks as often as before after a result %s', (letter) => {
    const played = new PlayedCheck(judgedCheck({ successBeforePassing: 3 }));
    played.statuses('FFF');
    expect(played.state.executeIntervalMs).toBe(8_000);
    played.result(letter, 10_000);
    expect(played.nextMs(10_000)).toBe(11_000);
  });

  it('does not hurry a target that answers again to its removal', () => {
    const played = new PlayedCheck(judgedCheck({ deregisterAfterMs: 10_000, successBeforePassing: 3 }));
    played.result('F', 1_000);
    played.result('S', 10_500);
    expect(played.nextMs(10_500)).toBe(11_500);
  });
});

describe('nextRunMs', () => {
  it('starts the next run an interval after the last one started, not after it ended', () => {
    const played = new PlayedCheck(judgedCheck());
    played.happen({ kind: 'result', outcome: 'success', startedAtMs: 1_000 }, 1_700);
    expect(played.nextMs(1_700)).toBe(2_000);
  });

  it('staggers the first run by the id', () => {
    const played = new PlayedCheck(judgedCheck());
    expect(played.nextMs(0)).toBe(staggerMs('a check', 1_000));
  });

  it('looks at a TTL at the end of an interval of silence, each time', () => {
    const played = new PlayedCheck(judgedCheck({ deregisterAfterMs: 2_500 }, 'ttl'));
    played.result('S', 300);
    const times: number[] = [];
    for (let atMs = played.nextMs(300); ; atMs = played.nextMs(atMs)) {
      times.push(atMs);
      if (played.due(atMs).includes('deregister')) break;
    }
    expect(times).toEqual([1_300, 2_300, 3_300, 3_801]);
  });

  it('has something to look at later while a TTL is in maintenance', () => {
    const played = new PlayedCheck(judgedCheck({}, 'ttl'));
    played.maintain(true, 500);
    expect(played.nextMs(50_000)).toBe(51_000);
  });

  it('runs a check in maintenance as often as before, and not for a removal', () => {
    const played = new PlayedCheck(judgedCheck({ deregisterAfterMs: 2_000 }));
    played.statuses('FF');
    played.maintain(true, 2_500);
    expect(played.nextMs(2_500)).toBe(6_000);
    played.result('F', 6_000);
    expect(played.nextMs(6_000)).toBe(10_000);
  });
});

describe('staggerMs', () => {
  it('is the same for the same id, and within the interval', () => {
    for (const id of ['', 'a', 'com.example.petstore-1.0.0:https:10.0.0.1:8443', '\u{1f600}']) {
      expect(staggerMs(id, 10_000)).toBe(staggerMs(id, 10_000));
      expect(staggerMs(id, 10_000)).toBeGreaterThanOrEqual(0);
      expect(staggerMs(id, 10_000)).toBeLessThan(10_000);
      expect(Number.isInteger(staggerMs(id, 1_001))).toBe(true);
    }
  });

  it('spreads ids that differ in one digit', () => {
    const counts = Array.from({ length: 100 }, () => 0);
    for (let port = 0; port < 10_000; port++) {
      const slot = Math.floor(staggerMs(`com.example.petstore-1.0.0:https:10.0.0.1:${port}`, 10_000) / 100);
      counts[slot] = (counts[slot] as number) + 1;
    }
    // 100 are expected in each: six standard deviations
    expect(Math.min(...counts)).toBeGreaterThan(40);
    expect(Math.max(...counts)).toBeLessThan(160);
  });
});
