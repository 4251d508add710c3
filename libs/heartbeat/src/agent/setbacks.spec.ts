import { ManualClock } from '@vitals/core/time';
import fc from 'fast-check';
import type { Answer } from '../wire/answer.js';
import type { AgentParts } from './agent.calls.js';
import { Setbacks } from './setbacks.js';

const INTERVAL_MS = 10_000;

describe('Setbacks', () => {
  it('plans the next try no later than one interval after the last was sent, however many failed', async () => {
    const answer = { status: 503, reason: 'busy', retryAfterMs: undefined } as Answer;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(15_000), { minLength: 1, maxLength: 12 }), async (waits) => {
        const clock = new ManualClock();
        const recorder = { intervalMs: INTERVAL_MS, failed: () => undefined };
        const emitter = { emit: () => undefined };
        const due = new Setbacks({ clock, recorder, emitter } as unknown as AgentParts);
        for (const waitMs of waits) {
          const sentMs = clock.monotonicMs();
          clock.jump(waitMs);
          await due.failed('beat', answer, sentMs);
          const nowMs = clock.monotonicMs();
          expect(due.beat.dueMs).toBeGreaterThanOrEqual(nowMs);
          expect(due.beat.dueMs).toBeLessThanOrEqual(Math.max(sentMs + INTERVAL_MS, nowMs + 50));
          clock.jump(due.beat.dueMs - nowMs);
        }
      }),
    );
  });
});
