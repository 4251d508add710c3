import fc from 'fast-check';
import type { Outcome } from './provider-check.js';
import { expire, judge, type Judgement } from './judgement.js';

const BELIEVED_MS = 90;

const answered = (healthy: boolean): Outcome => ({ kind: 'answered', healthy, message: 'm', latencyMs: 1 });
const cutOff: Outcome = { kind: 'cut-off', message: 'late', latencyMs: 5 };
const unchecked: Outcome = { kind: 'unchecked' };

/** What comes of outcomes at their times; the wall clock runs 1,000 ms ahead. */
function history(...events: readonly (readonly [number, Outcome])[]): Judgement | undefined {
  let judgement: Judgement | undefined;
  for (const [monotonicMs, outcome] of events) {
    const now = { monotonicMs, wallMs: monotonicMs + 1_000 };
    judgement = judge('p', judgement, outcome, now, BELIEVED_MS);
  }
  return judgement;
}

describe('`since` is when the present verdict began', () => {
  it.each<[string, readonly (readonly [number, Outcome])[], number]>([
    ['with the first answer', [[1, answered(true)]], 1],
    [
      'not with one that is the same',
      [
        [1, answered(true)],
        [2, answered(true)],
      ],
      1,
    ],
    [
      'with one that is another',
      [
        [1, answered(true)],
        [2, answered(false)],
        [3, answered(false)],
      ],
      2,
    ],
    [
      'not when a check was cut off',
      [
        [1, answered(true)],
        [40, cutOff],
      ],
      1,
    ],
    [
      'when the last answer grew too old',
      [
        [1, answered(true)],
        [95, cutOff],
        [97, cutOff],
      ],
      91,
    ],
    [
      'not when the last answer was unhealthy already',
      [
        [1, answered(false)],
        [95, cutOff],
      ],
      1,
    ],
    [
      'with the first cut-off, of who never answered',
      [
        [1, cutOff],
        [2, cutOff],
        [3, answered(false)],
      ],
      1,
    ],
    [
      'with the first check of who could not be checked',
      [
        [1, unchecked],
        [2, answered(true)],
      ],
      2,
    ],
    [
      'with the first that could not be',
      [
        [1, answered(true)],
        [2, unchecked],
        [3, unchecked],
      ],
      2,
    ],
  ])('%s', (_name, events, since) => {
    expect(history(...events)?.status.sinceMs).toBe(since + 1_000);
  });
});

it('keeps a judgement as it is for as long as nothing is to be added', () => {
  const healthy = history([1, answered(true)]) as Judgement;
  const stale = history([1, answered(true)], [40, cutOff]) as Judgement;
  const expired = history([1, answered(true)], [95, cutOff]) as Judgement;
  const now = { monotonicMs: 50, wallMs: 50 };
  expect(expire(healthy, now, BELIEVED_MS)).toBe(healthy);
  expect(judge('p', stale, cutOff, now, BELIEVED_MS)).toBe(stale);
  expect(judge('p', expired, cutOff, { monotonicMs: 500, wallMs: 500 }, BELIEVED_MS)).toBe(expired);
});

it('never tells that a provider is healthy whose last answer was not, or is too old', () => {
  const outcome = fc.constantFrom(answered(true), answered(false), cutOff);
  const event = fc.tuple(fc.integer({ min: 1, max: 60 }), outcome);
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 20 }), fc.nat(200), (events, lateMs) => {
      let nowMs = 0;
      const timed = events.map(([gapMs, what]) => [(nowMs += gapMs), what] as const);
      const now = { monotonicMs: nowMs + lateMs, wallMs: nowMs + lateMs + 1_000 };
      const { status } = expire(history(...timed) as Judgement, now, BELIEVED_MS);
      const last = timed.findLast(([, { kind }]) => kind === 'answered');
      const believed = last !== undefined && now.monotonicMs - last[0] < BELIEVED_MS;
      expect(status.healthy).toBe(believed && last[1].kind === 'answered' && last[1].healthy);
      const cutOffSince = last !== undefined && timed.at(-1)?.[1].kind === 'cut-off';
      expect(status.stale).toBe(last !== undefined && (cutOffSince || !believed));
      expect(status.sinceMs).toBeLessThanOrEqual(now.wallMs);
    }),
  );
});
