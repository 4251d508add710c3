import type { CheckState } from './check-state.js';

/**
 * The same state on another clock, on which everything was `byMs` later. What is decided of it there is what would have
 * been decided here: `advance` knows no time but those of the state and of the event.
 */
export function shiftCheck(state: CheckState, byMs: number): CheckState {
  const later = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms + byMs);
  return {
    verdict: state.verdict,
    maintenanceSinceMs: later(state.maintenanceSinceMs),
    successes: state.successes,
    failures: state.failures,
    failingSinceMs: later(state.failingSinceMs),
    latestFailureAtMs: later(state.latestFailureAtMs),
    executedAtMs: later(state.executedAtMs),
    executeIntervalMs: state.executeIntervalMs,
    heardAtMs: state.heardAtMs + byMs,
  };
}

/**
 * The state of a TTL that was silent while it could not be heard, until `sinceMs`: silence is counted from there, and a
 * failure before it removes nobody. The same value if it was heard later than that.
 */
export function excuseSilence(state: CheckState, sinceMs: number): CheckState {
  return state.heardAtMs >= sinceMs ? state : { ...state, heardAtMs: sinceMs };
}
