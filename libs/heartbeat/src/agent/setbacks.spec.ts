import { ManualClock } from '@vitals/core/time';
import fc from 'fast-check';
import type { Failure } from '../wire/failure.js';
import type { AgentParts } from './agent.parts.js';
import { Failover } from './failover.js';
import { Setbacks } from './setbacks.js';

const INTERVAL_MS = 10_000;

describe('Setbacks', () => {
  it('plans the next try no later than one interval after the last was sent, however many failed', async () => {
    const failure: Failure = {
      cause: 'busy',
      status: 503,
      reason: 'busy',
      sign: 'busy',
      retryAfterMs: undefined,
    };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(15_000), { minLength: 1, maxLength: 12 }), async (waits) => {
        const clock = new ManualClock();
        const recorder = { intervalMs: INTERVAL_MS, failed: () => undefined };
        const emitter = { emit: () => undefined };
        const settings = { endpoints: [new URL('http://played')], timeoutMs: 5_000 };
        const client = { leave: () => undefined };
        const failover = new Failover({ settings, clock, client, recorder });
        const due = new Setbacks({ clock, recorder, emitter, failover } as unknown as AgentParts);
        for (const waitMs of waits) {
          const sentMs = clock.monotonicMs();
          clock.jump(waitMs);
          await due.failed('beat', failure, sentMs);
          const nowMs = clock.monotonicMs();
          expect(due.beat.dueMs).toBeGreaterThanOrEqual(nowMs);
          expect(due.beat.dueMs).toBeLessThanOrEqual(Math.max(sentMs + INTERVAL_MS, nowMs + 50));
          clock.jump(due.beat.dueMs - nowMs);
        }
      }),
    );
  });
});
