import fc from 'fast-check';
import { judgedCheck, OUTCOME_BY_LETTER } from '../../test/support/played-check.js';
import {
  advance,
  type CheckEvent,
  type CheckState,
  excuseSilence,
  nextRunMs,
  shiftCheck,
  startCheck,
} from './index.js';

/** What happens, so long after the one before it, and on a copy whose clock is apart by so much. */
interface Moment {
  readonly afterMs: number;
  readonly letter: string;
  readonly apartMs: number;
}

const check = fc
  .record({
    kind: fc.constantFrom('tcp' as const, 'ttl' as const),
    successBeforePassing: fc.nat(3),
    failuresBeforeWarning: fc.nat(3),
    failuresBeforeCritical: fc.nat(3),
    deregisterAfterMs: fc.constantFrom(0, 2_500, 10_000),
  })
  .map(({ kind, ...policy }) => judgedCheck(policy, kind));

const moments = fc.array(
  fc.record({
    afterMs: fc.constantFrom(0, 1, 500, 1_000, 2_501, 12_000),
    letter: fc.constantFrom(...Array.from('SWFFFDUdmM')),
    apartMs: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  }),
  { maxLength: 40 },
);

function eventOf(letter: string, nowMs: number): CheckEvent {
  if (letter === 'd') return { kind: 'due' };
  if (letter === 'm' || letter === 'M') return { kind: 'maintenance', open: letter === 'M' };
  return { kind: 'result', outcome: OUTCOME_BY_LETTER[letter] ?? 'failure', startedAtMs: nowMs };
}

describe('The state of a check on another clock', () => {
  it('is judged as it would have been on its own, whichever copy judges next', () => {
    fc.assert(
      fc.property(check, moments, (judged, played: readonly Moment[]) => {
        let own: CheckState = startCheck(judged, 0);
        let moved = own;
        let byMs = 0;
        let nowMs = 0;
        for (const { afterMs, letter, apartMs } of played) {
          nowMs += afterMs;
          moved = shiftCheck(moved, apartMs - byMs);
          byMs = apartMs;
          const there = nowMs + byMs;
          const step = advance(own, eventOf(letter, nowMs), nowMs, judged);
          const elsewhere = advance(moved, eventOf(letter, there), there, judged);
          expect(elsewhere.effects).toEqual(step.effects);
          [own, moved] = [step.state, elsewhere.state];
          expect(shiftCheck(moved, -byMs)).toEqual(own);
          expect(nextRunMs(moved, judged, there) - byMs).toBe(nextRunMs(own, judged, nowMs));
        }
      }),
    );
  });

  it('survives its way as JSON', () => {
    const state = { ...startCheck(judgedCheck(), 0.1), executedAtMs: 0.3 };
    expect(shiftCheck(JSON.parse(JSON.stringify(state)) as CheckState, 0)).toEqual(state);
  });
});

describe('A TTL that was silent while nobody could hear it', () => {
  const ttl = judgedCheck({ deregisterAfterMs: 2_000 }, 'ttl');

  it('is given its whole interval from then on', () => {
    const excused = excuseSilence(startCheck(ttl, 0), 5_000);
    expect(advance(excused, { kind: 'due' }, 5_999, ttl).state).toBe(excused);
    expect(advance(excused, { kind: 'due' }, 6_000, ttl).state.failures).toBe(1);
  });

  it('is not removed for what it failed before', () => {
    const failed = advance(startCheck(ttl, 0), { kind: 'due' }, 1_000, ttl).state;
    const excused = excuseSilence(failed, 3_500);
    expect(advance(excused, { kind: 'due' }, 4_000, ttl).effects).toEqual([]);
    expect(advance(excused, { kind: 'due' }, 4_500, ttl).effects).toContainEqual({ kind: 'deregister' });
  });

  it('is left as it is if it was heard later', () => {
    const state = startCheck(ttl, 5_000);
    expect(excuseSilence(state, 4_000)).toBe(state);
  });
});
