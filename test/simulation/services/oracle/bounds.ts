import type { ServicePlan } from '../world/simulated-service.js';

/** Within which time something has to be known, in milliseconds, if nothing disturbs it. */
export interface Bounds {
  /** Critical after a failure began. */
  readonly failureMs: number;
  /** Passing after it ended. */
  readonly recoveryMs: number;
  /** Warning after it could not be looked at any more. */
  readonly deniedMs: number;
}

/** A slot of the queue and a look at it, a beat of the running clock, an answer on its way. */
const SLACK_MS = 400;
/** How far apart the looks at a failing target may be. */
const BACKOFF_MS = 60_000;

/**
 * A failure: so many looks in a row, each an interval after the one before, the first within an interval; the last
 * may take as long as it is allowed to. A recovery: the first look comes when the one of before backed off to, which
 * may be moved by less than an interval to the moment of removal. A TTL: silence for as many intervals, or messages.
 */
export function boundsOf({ isTtl, definition, cadenceMs }: ServicePlan): Bounds {
  const { intervalMs, timeoutMs, failuresBeforeCritical, successBeforePassing } = definition;
  if (isTtl) {
    const recoveryMs = cadenceMs * successBeforePassing + SLACK_MS;
    return {
      failureMs: intervalMs * failuresBeforeCritical + SLACK_MS,
      recoveryMs,
      deniedMs: Number.POSITIVE_INFINITY,
    };
  }
  const firstMs = Math.max(intervalMs, BACKOFF_MS) + intervalMs + timeoutMs + SLACK_MS;
  return {
    failureMs: intervalMs * failuresBeforeCritical + timeoutMs + SLACK_MS,
    recoveryMs: firstMs + (successBeforePassing - 1) * intervalMs,
    deniedMs: firstMs,
  };
}
