import type { CheckDefinition, CheckState } from '@vitals/core/check';

/**
 * Whether nothing was heard of a check when something should have been, so that what is shown of it is old: it is
 * paused; or a TTL was told nothing for longer than its interval; or no run has ended that began within the last
 * interval that it is to be run at, its timeout, and another interval for one that was late. Before the first run,
 * and after a restart, both are counted from the beginning. @param nowMs of the clock of the state
 */
export function isStale(definition: CheckDefinition, state: CheckState, nowMs: number): boolean {
  const { target, intervalMs, timeoutMs, paused } = definition;
  if (paused) return true;
  const { executedAtMs, executeIntervalMs, heardAtMs } = state;
  const silentForMs = nowMs - Math.max(heardAtMs, executedAtMs ?? heardAtMs);
  return silentForMs > (target.kind === 'ttl' ? intervalMs : executeIntervalMs + timeoutMs + intervalMs);
}
