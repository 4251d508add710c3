import fc from 'fast-check';
import { judgedCheck, OUTCOME_BY_LETTER } from '../../test/support/played-check.js';
import {
  advance,
  type CheckEvent,
  type CheckState,
  type JudgedCheck,
  startCheck,
  statusOf,
} from './index.js';

/** One event: so long after the one before it, while removal is frozen or not. */
interface Moment {
  readonly afterMs: number;
  readonly event: (nowMs: number) => CheckEvent;
  readonly removalFrozen: boolean;
}

const threshold = fc.nat(4);
const policy = fc.record({
  intervalMs: fc.integer({ min: 1_000, max: 5_000 }),
  successBeforePassing: threshold,
  failuresBeforeWarning: threshold,
  failuresBeforeCritical: threshold,
  deregisterAfterMs: fc.constantFrom(0, 1, 2_500, 10_000),
});
const check = fc
  .tuple(policy, fc.constantFrom('tcp' as const, 'ttl' as const))
  .map(([one, kind]) => judgedCheck(one, kind));

const outcome = fc
  .constantFrom(...Array.from('SWFFFFDU'))
  .map((letter) => OUTCOME_BY_LETTER[letter] ?? 'failure');
const event = fc.oneof<fc.WeightedArbitrary<Moment['event']>[]>(
  {
    weight: 12,
    arbitrary: fc
      .tuple(outcome, fc.constantFrom(0, 0, 0, 300, 3_000))
      .map(([found, tookMs]) => (nowMs: number) => ({
        kind: 'result',
        outcome: found,
        startedAtMs: nowMs - tookMs,
      })),
  },
  { weight: 4, arbitrary: fc.constant(() => ({ kind: 'due' })) },
  { weight: 2, arbitrary: fc.boolean().map((open) => () => ({ kind: 'maintenance', open })) },
);
const moments = fc.array(
  fc.record({
    afterMs: fc.constantFrom(0, 1, 500, 1_000, 2_000, 2_501, 12_000),
    event,
    removalFrozen: fc.boolean(),
  }),
  { maxLength: 40 },
);

/** Plays them, and tells of each step what was before it and what it made. */
function play(judged: JudgedCheck, played: readonly Moment[]) {
  let state: CheckState = Object.freeze(startCheck(judged, 0));
  let nowMs = 0;
  return played.map((moment) => {
    nowMs += moment.afterMs;
    const before = state;
    const { removalFrozen } = moment;
    const happened = moment.event(nowMs);
    const step = advance(before, happened, nowMs, judged, { removalFrozen });
    state = Object.freeze(step.state);
    return { before, event: happened, nowMs, removalFrozen, after: step.state, effects: step.effects };
  });
}

function holds(law: (judged: JudgedCheck, step: ReturnType<typeof play>[number]) => void): void {
  fc.assert(
    fc.property(check, moments, (judged, played) => {
      for (const step of play(judged, played)) law(judged, step);
    }),
  );
}

/** Whether a result is from a time that counts: not in maintenance, and not overtaken by something later. */
function counts({ before, event: { kind }, event: one }: ReturnType<typeof play>[number]): boolean {
  if (kind !== 'result' || before.maintenanceSinceMs !== undefined) return false;
  const { startedAtMs } = one as Extract<CheckEvent, { kind: 'result' }>;
  return startedAtMs >= Math.max(before.heardAtMs, before.executedAtMs ?? 0);
}

function outcomeOf({ event: one }: ReturnType<typeof play>[number]): string | undefined {
  return one.kind === 'result' ? one.outcome : undefined;
}

describe('advance: laws', () => {
  it('tells a transition exactly when the status changes, once, with what it was and is', () => {
    holds((_judged, { before, after, effects }) => {
      const [from, to] = [statusOf(before), statusOf(after)];
      const notify = from !== 'Maintenance' && to !== 'Maintenance';
      const expected = from === to ? [] : [{ kind: 'transition', from, to, notify }];
      expect(effects.filter(({ kind }) => kind === 'transition')).toEqual(expected);
    });
  });

  it('changes a verdict only for a result that counts, or for silence', () => {
    holds((_judged, step) => {
      if (!counts(step) && step.event.kind !== 'due') expect(step.after.verdict).toBe(step.before.verdict);
    });
  });

  it('removes only on a failure that counts, after failing for long enough, and what is Critical', () => {
    holds((judged, step) => {
      if (!step.effects.some(({ kind }) => kind === 'deregister')) return;
      const { after, nowMs, removalFrozen } = step;
      expect(outcomeOf(step) === 'failure' ? counts(step) : step.event.kind === 'due').toBe(true);
      expect(removalFrozen).toBe(false);
      expect(judged.deregisterAfterMs).toBeGreaterThan(0);
      expect(nowMs - judged.deregisterAfterMs).toBeGreaterThan(after.failingSinceMs as number);
      expect(statusOf(after)).toBe('Critical');
    });
  });

  it('removes nobody sooner than allowed after it was well, time in maintenance not counted', () => {
    fc.assert(
      fc.property(check, moments, (judged, played) => {
        let lastMs = 0;
        let badForMs = 0;
        for (const step of play(judged, played)) {
          const { before, after, nowMs, effects } = step;
          if (before.maintenanceSinceMs === undefined) badForMs += nowMs - lastMs;
          lastMs = nowMs;
          const removed = effects.some(({ kind }) => kind === 'deregister');
          if (removed) expect(badForMs).toBeGreaterThan(judged.deregisterAfterMs);
          const isWell = after.successes > before.successes && after.verdict !== 'Critical';
          if (isWell) badForMs = nowMs - (after.executedAtMs as number);
        }
      }),
    );
  });

  it('always removes on a failure that counts, once it failed for longer than allowed', () => {
    holds((judged, step) => {
      if (outcomeOf(step) !== 'failure' || !counts(step) || step.removalFrozen) return;
      const isOver = step.nowMs - judged.deregisterAfterMs > (step.after.failingSinceMs as number);
      const removed = step.effects.some(({ kind }) => kind === 'deregister');
      expect(removed).toBe(isOver && judged.deregisterAfterMs > 0);
    });
  });

  it('ends failures in a row with a success, and failing too unless it stays Critical', () => {
    holds((judged, step) => {
      if (!counts(step) || !['success', 'warning'].includes(outcomeOf(step) as string)) return;
      expect(step.after).toMatchObject({ failures: 0, executeIntervalMs: judged.intervalMs });
      expect(step.after.failingSinceMs !== undefined && step.after.verdict !== 'Critical').toBe(false);
    });
  });

  it('is never Critical after a denied look, and judges nothing by one that failed by the observer', () => {
    holds((_judged, step) => {
      if (!counts(step)) return;
      if (outcomeOf(step) === 'denied') expect(step.after).toMatchObject({ verdict: 'Warning', failures: 0 });
      if (outcomeOf(step) !== 'unjudged') return;
      const { verdict, successes, failures, executeIntervalMs } = step.before;
      expect(step.after).toMatchObject({ verdict, successes, failures, executeIntervalMs });
      expect(step.effects).toEqual([]);
    });
  });

  it('keeps one of both counts at 0, and is failing exactly while it fails or is Critical by failures', () => {
    holds((judged, { after, nowMs }) => {
      expect(Math.min(after.successes, after.failures)).toBe(0);
      if (after.failures > 0) expect(after.failingSinceMs).toBeLessThanOrEqual(nowMs);
      if (after.failingSinceMs !== undefined)
        expect(after.failures > 0 || after.verdict === 'Critical').toBe(true);
      expect(after.executeIntervalMs).toBeGreaterThanOrEqual(judged.intervalMs);
    });
  });

  it('makes the same of the same events, and changes no state that it was given', () => {
    fc.assert(
      fc.property(check, moments, (judged, played) => {
        expect(play(judged, played)).toEqual(play(judged, played));
      }),
    );
  });
});
