import { advance } from './advance.js';
import { type CheckPolicy, isTtl, type JudgedCheck } from './check-definition.js';
import type { CheckState, CheckVerdict } from './check-state.js';

/** What has to be kept of a check, so that it goes on after a restart. */
export interface RecoveredCheck {
  readonly verdict: CheckVerdict;
  readonly successes: number;
  readonly failures: number;
  readonly inMaintenance: boolean;
  /** What `failingForMs` said when this was written down; `undefined` while it did not fail. */
  readonly failingForMs: number | undefined;
  readonly executeIntervalMs: number;
}

/** The state of a check of which nothing is known yet. Silence is counted from `nowMs`. */
export function startCheck({ intervalMs }: CheckPolicy, nowMs: number): CheckState {
  return {
    verdict: 'Pending',
    maintenanceSinceMs: undefined,
    successes: 0,
    failures: 0,
    failingSinceMs: undefined,
    latestFailureAtMs: undefined,
    executedAtMs: undefined,
    executeIntervalMs: intervalMs,
    heardAtMs: nowMs,
  };
}

/**
 * The state of a check after an outage of the observer, which neither removes anybody nor lets anybody start
 * over: verdict and counters are kept, the time for which it has been failing goes on where it stood, silence is
 * counted anew from `nowMs`. The first look is staggered again.
 */
export function recoverCheck(stored: RecoveredCheck, policy: CheckPolicy, nowMs: number): CheckState {
  const { verdict, successes, failures, failingForMs: failedForMs } = stored;
  const goesOn = failedForMs !== undefined && (failures > 0 || verdict === 'Critical');
  return {
    ...startCheck(policy, nowMs),
    verdict,
    maintenanceSinceMs: stored.inMaintenance ? nowMs : undefined,
    successes,
    failures,
    failingSinceMs: goesOn ? nowMs - Math.max(0, failedForMs) : undefined,
    executeIntervalMs:
      verdict === 'Critical' ? Math.max(policy.intervalMs, stored.executeIntervalMs) : policy.intervalMs,
  };
}

/**
 * The state of a check that looks at something else from `nowMs` on. Nothing was found out against it, so its verdict
 * stands until the first look there, which is due at once; of a TTL, silence is counted anew. What was begun before
 * counts no more.
 */
export function redirectCheck(state: CheckState, { intervalMs }: CheckPolicy, nowMs: number): CheckState {
  const executedAtMs = state.executedAtMs === undefined ? undefined : nowMs - intervalMs;
  return { ...state, executedAtMs, executeIntervalMs: intervalMs, heardAtMs: nowMs };
}

/** The state of a check that was removed for its failures, and is told to pass: Passing, if it is a TTL. */
export function restoreCheck(check: JudgedCheck, nowMs: number): CheckState {
  const begun = startCheck(check, nowMs);
  // whoever is probed cannot say that it is well; the first probe is due at once
  if (!isTtl(check)) return redirectCheck({ ...begun, executedAtMs: nowMs }, check, nowMs);
  const passed = { kind: 'result', outcome: 'success', startedAtMs: nowMs } as const;
  return advance(begun, passed, nowMs, check).state;
}

/** Whether its last result was a failure, or it is Critical still: what a registration of its service ends. */
export function isFailing({ failures, failingSinceMs, verdict }: CheckState): boolean {
  return failures > 0 || failingSinceMs !== undefined || verdict === 'Critical';
}

/**
 * For how long it has been failing at `nowMs`, in milliseconds, maintenance not counted; `undefined` while it
 * does not. Keep this, not the time at which it began: an outage must not count.
 */
export function failingForMs(state: CheckState, nowMs: number): number | undefined {
  const { failingSinceMs, maintenanceSinceMs = nowMs } = state;
  return failingSinceMs === undefined ? undefined : Math.max(0, maintenanceSinceMs - failingSinceMs);
}
