import type { JudgedCheck } from './check-definition.js';
import type { CheckState } from './check-state.js';

/**
 * Whether it has failed for longer than it may (light-controller's rule): a failure now removes it. Never while
 * the last result was good, nor in maintenance.
 */
export function isRemovalDue(state: CheckState, check: JudgedCheck, nowMs: number): boolean {
  const sinceMs = state.failures > 0 && state.maintenanceSinceMs === undefined && state.failingSinceMs;
  return (
    typeof sinceMs === 'number' && check.deregisterAfterMs > 0 && nowMs - check.deregisterAfterMs > sinceMs
  );
}

/** The first whole millisecond after which a failure removes it; `undefined` if none does. */
export function removalAtMs(state: CheckState, check: JudgedCheck): number | undefined {
  if (!isRemovalDue(state, check, Number.POSITIVE_INFINITY)) return undefined;
  return (state.failingSinceMs as number) + check.deregisterAfterMs + 1;
}
