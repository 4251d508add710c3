import { advance } from './advance.js';
import { recoverCheck } from './begin-check.js';
import { nextRunMs } from './cadence.js';
import { DEFAULT_CHECK_POLICY } from './check-definition.js';

const CHECK = { ...DEFAULT_CHECK_POLICY, id: 'db', target: { kind: 'tcp' as const } };

describe('the time to the next run, where looks cannot be judged', () => {
  it('is never below a second, however soon the removal is due', () => {
    const failing = { verdict: 'Critical', successes: 0, failures: 5, inMaintenance: false } as const;
    const stored = { ...failing, failingForMs: CHECK.deregisterAfterMs - 5, executeIntervalMs: 60_000 };
    let state = recoverCheck(stored, CHECK, 0);
    for (let atMs = nextRunMs(state, CHECK, 0), look = 0; look < 20; look++) {
      state = advance(state, { kind: 'result', outcome: 'unjudged', startedAtMs: atMs }, atMs, CHECK).state;
      const nextMs = nextRunMs(state, CHECK, atMs);
      expect(nextMs - atMs).toBeGreaterThanOrEqual(1_000);
      atMs = nextMs;
    }
  });
});
