import { compareText } from '../order.js';
import type { CheckResult } from './health-check.js';
import type { HealthState } from './status.js';

/** The state of a whole, and of its parts, ordered by name, then identity. */
export interface HealthReport {
  readonly state: HealthState;
  readonly checks: readonly CheckResult[];
  /** Readiness targets that are not reached, by name, if readiness was asked for; `shutdown` while it ends. */
  readonly notReady: readonly string[];
}

/**
 * Sums results up: `DOWN` if a critical check is down, else `DEGRADED` if any check is not `UP`, else `UP`;
 * nothing to check is `UP`.
 */
export function summarise(results: readonly CheckResult[], notReady: readonly string[] = []): HealthReport {
  const checks = [...results].sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
  let state: HealthState = 'UP';
  for (const check of checks) {
    if (check.state === 'DOWN' && check.critical) return { state: 'DOWN', checks, notReady };
    if (check.state !== 'UP') state = 'DEGRADED';
  }
  return { state, checks, notReady };
}

/** Identity of the result that stands in a report for a readiness target that is not reached. */
export function targetId(target: string): string {
  return `AvailabilityState#${target}`;
}

/** Whether a result stands for one of these readiness targets, and not for a check. */
export function isTarget({ id }: Pick<CheckResult, 'id'>, notReady: readonly string[]): boolean {
  return notReady.some((target) => id === targetId(target));
}
