import fc from 'fast-check';
import { judgedCheck, PlayedCheck } from '../../test/support/played-check.js';
import { failingForMs, recoverCheck } from './index.js';

const policy = fc.record({
  intervalMs: fc.integer({ min: 1_000, max: 120_000 }),
  successBeforePassing: fc.nat(4),
  failuresBeforeWarning: fc.nat(6),
  failuresBeforeCritical: fc.nat(6),
  deregisterAfterMs: fc.integer({ min: 1, max: 400_000 }),
});
const active = policy.map((one) => judgedCheck(one));
const ttl = policy.map((one) => judgedCheck(one, 'ttl'));

/** Looks whenever it has to until it is removed; when that was. */
function removedAtMs(played: PlayedCheck, look: (atMs: number) => string[], fromMs: number): number {
  for (let atMs = fromMs; ;) {
    if (look(atMs).includes('deregister')) return atMs;
    const nextMs = played.nextMs(atMs);
    if (nextMs <= atMs) throw new Error(`after ${atMs} it looks again at ${nextMs}`);
    atMs = nextMs;
  }
}

describe('cadence: laws', () => {
  it('removes a target that never answers at the first millisecond at which it may go', () => {
    fc.assert(
      fc.property(active, (check) => {
        const played = new PlayedCheck(check);
        const firstMs = played.nextMs(0);
        expect(removedAtMs(played, (atMs) => played.result('F', atMs), firstMs)).toBe(
          firstMs + Math.max(1_000, check.deregisterAfterMs + 1),
        );
      }),
    );
  });

  it('removes a TTL that never speaks at the first millisecond at which it may go', () => {
    fc.assert(
      fc.property(ttl, (check) => {
        const played = new PlayedCheck(check);
        const goneAtMs = removedAtMs(played, (atMs) => played.due(atMs), played.nextMs(0));
        expect(goneAtMs).toBe(check.intervalMs + check.deregisterAfterMs + 1);
      }),
    );
  });

  it('looks sooner than an interval after the last look only to remove, and never more rarely than twice the last', () => {
    fc.assert(
      fc.property(
        active,
        fc.array(fc.constantFrom(...Array.from('SWFFFDU')), { maxLength: 30 }),
        (check, letters) => {
          const played = new PlayedCheck(check);
          let atMs = played.nextMs(0);
          let gapMs = check.intervalMs;
          for (const letter of letters) {
            played.result(letter, atMs, { removalFrozen: true });
            const nextMs = played.nextMs(atMs);
            const { failures, failingSinceMs = 0 } = played.state;
            const dueMs = failingSinceMs + check.deregisterAfterMs + 1;
            const removalMs = dueMs > atMs ? Math.max(dueMs, atMs + 1_000) : dueMs;
            if (nextMs < atMs + check.intervalMs) {
              expect(failures).toBeGreaterThan(0);
              expect(nextMs).toBe(removalMs);
            }
            if (failures > 0 && removalMs > atMs) expect(nextMs).toBeLessThanOrEqual(removalMs);
            // a look that is due less than an interval before the removal waits for it
            const waitMs = nextMs === removalMs ? check.intervalMs : 0;
            expect(nextMs - atMs).toBeLessThanOrEqual(2 * gapMs + waitMs);
            gapMs = Math.max(check.intervalMs, played.state.executeIntervalMs);
            atMs = nextMs;
          }
        },
      ),
    );
  });

  it('counts the same for one late look at a TTL as for one at the end of each interval', () => {
    fc.assert(
      fc.property(ttl, fc.integer({ min: 0, max: 300_000 }), (check, untilMs) => {
        const late = new PlayedCheck(check);
        const timely = new PlayedCheck(check);
        late.due(untilMs, { removalFrozen: true });
        for (let atMs = check.intervalMs; atMs <= untilMs; atMs += check.intervalMs) {
          timely.due(atMs, { removalFrozen: true });
        }
        expect(late.state).toEqual(timely.state);
      }),
    );
  });

  it('has the status after so many equal results that the thresholds say', () => {
    fc.assert(
      fc.property(active, fc.integer({ min: 1, max: 8 }), (check, count) => {
        const failing = new PlayedCheck({ ...check, deregisterAfterMs: 0 });
        failing.statuses(`S${'F'.repeat(count)}`);
        const isCritical = count >= Math.max(1, check.failuresBeforeCritical);
        const isWarning = count >= Math.max(1, check.failuresBeforeWarning);
        expect(failing.state.verdict).toBe(isCritical ? 'Critical' : isWarning ? 'Warning' : 'Passing');

        const healing = new PlayedCheck(check);
        healing.statuses(`F${'S'.repeat(count)}`);
        const isWell = count >= Math.max(1, check.successBeforePassing);
        expect(healing.state.verdict).toBe(isWell ? 'Passing' : 'Critical');
      }),
    );
  });

  it('goes on after a restart as if the outage had not been, but for the stagger', () => {
    fc.assert(
      fc.property(active, fc.integer({ min: 1, max: 6 }), fc.nat(1e9), (check, looks, outageMs) => {
        const played = new PlayedCheck(check);
        let atMs = 0;
        for (let look = 0; look < looks; look++) {
          atMs = played.nextMs(atMs);
          played.result('F', atMs, { removalFrozen: true });
        }
        const { verdict, successes, failures, executeIntervalMs } = played.state;
        const failedForMs = failingForMs(played.state, atMs) as number;
        const kept = { verdict, successes, failures, executeIntervalMs, inMaintenance: false };
        const backAtMs = atMs + outageMs;
        played.state = recoverCheck({ ...kept, failingForMs: failedForMs }, check, backAtMs);
        expect(failingForMs(played.state, backAtMs)).toBe(failedForMs);
        const firstMs = played.nextMs(backAtMs);
        const removalMs = backAtMs + check.deregisterAfterMs - failedForMs + 1;
        // two looks are a second apart at the least
        const restMs = firstMs >= removalMs ? firstMs : Math.max(removalMs, firstMs + 1_000);
        expect(removedAtMs(played, (ms) => played.result('F', ms), firstMs)).toBe(restMs);
      }),
    );
  });

  it('puts a maintenance window between two looks without any other consequence', () => {
    const letters = fc.array(fc.constantFrom(...Array.from('SWFFDU')), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        active,
        letters,
        letters,
        fc.integer({ min: 1, max: 1e9 }),
        (check, first, second, lengthMs) => {
          const told = (windowMs: number) => {
            const played = new PlayedCheck(check);
            const effects = first.flatMap((letter, index) => played.result(letter, 1_000 * (index + 1)));
            const openMs = 1_000 * first.length + 500;
            if (windowMs > 0) {
              played.maintain(true, openMs);
              played.result('F', openMs + windowMs / 2);
              played.maintain(false, openMs + windowMs);
            }
            for (const [index, letter] of second.entries()) {
              effects.push(...played.result(letter, openMs + windowMs + 500 + 1_000 * index));
            }
            return effects;
          };
          // a look that failed by the observer excuses the time since the look before it, which is in the window
          fc.pre(second[0] !== 'U');
          expect(told(lengthMs)).toEqual(told(0));
        },
      ),
    );
  });
});
