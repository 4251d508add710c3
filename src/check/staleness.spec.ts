import { advance } from './advance.js';
import { startCheck } from './begin-check.js';
import { isStale } from './cadence.js';
import { type CheckDefinition, DEFAULT_CHECK_POLICY } from './check-definition.js';

const PROBE: CheckDefinition = {
  ...DEFAULT_CHECK_POLICY,
  id: 'db',
  target: { kind: 'tcp', host: 'db', port: 1 },
  maintenance: [],
  labels: {},
  paused: false,
};
const TTL: CheckDefinition = { ...PROBE, target: { kind: 'ttl' } };

const judged = (check: CheckDefinition, outcome: 'success' | 'failure', atMs: number) =>
  advance(startCheck(check, 0), { kind: 'result', outcome, startedAtMs: atMs }, atMs, check).state;

describe('A check', () => {
  it('is stale when no run ended in two intervals and a timeout', () => {
    const state = judged(PROBE, 'success', 5_000);
    expect(isStale(PROBE, state, 5_000 + 22_000)).toBe(false);
    expect(isStale(PROBE, state, 5_000 + 22_001)).toBe(true);
  });

  it('that fails is stale later, for it is looked at less often', () => {
    const state = { ...judged(PROBE, 'failure', 5_000), executeIntervalMs: 60_000 };
    expect(isStale(PROBE, state, 5_000 + 72_000)).toBe(false);
    expect(isStale(PROBE, state, 5_000 + 72_001)).toBe(true);
  });

  it('that never ran is stale by the same rule, from its beginning', () => {
    expect(isStale(PROBE, startCheck(PROBE, 1_000), 23_000)).toBe(false);
    expect(isStale(PROBE, startCheck(PROBE, 1_000), 23_001)).toBe(true);
  });

  it('that waits to be told is stale when it was told nothing for longer than its interval', () => {
    const state = judged(TTL, 'failure', 5_000);
    expect(isStale(TTL, state, 15_000)).toBe(false);
    expect(isStale(TTL, state, 15_001)).toBe(true);
    expect(isStale(TTL, startCheck(TTL, 0), 10_001)).toBe(true);
  });

  it('stays stale while the silence of a TTL is counted as failures', () => {
    const { state } = advance(judged(TTL, 'success', 0), { kind: 'due' }, 10_000, TTL);
    expect(isStale(TTL, state, 10_001)).toBe(true);
  });

  it('is not stale in maintenance, while it is heard', () => {
    const open = advance(startCheck(TTL, 0), { kind: 'maintenance', open: true }, 0, TTL).state;
    const event = { kind: 'result', outcome: 'success', startedAtMs: 9_000 } as const;
    expect(isStale(TTL, advance(open, event, 9_000, TTL).state, 19_000)).toBe(false);
  });

  it('that is paused is stale at once', () => {
    expect(isStale({ ...PROBE, paused: true }, judged(PROBE, 'success', 0), 1)).toBe(true);
  });
});
