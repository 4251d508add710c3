import { hash32 } from '../hash.js';
import { type CheckDefinition, isTtl, type JudgedCheck } from './check-definition.js';
import type { CheckState } from './check-state.js';
import { removalAtMs } from './removal.js';

/** How far apart the runs of a failing check may be, in milliseconds, unless its interval is longer. */
const MAX_MS = 60_000;
/** How near together the runs of any check may be, in milliseconds. */
const MIN_MS = 1_000;

/**
 * When it has to run next; for a TTL, when the next `due` may change something. In milliseconds of the clock of
 * the state; at once if that has passed. Before its first run: staggered by its id. A failing check runs as soon
 * as the removal is due; that run alone may follow the last one sooner than an interval. Where the removal is
 * due already (it is frozen), it waits its interval again.
 */
export function nextRunMs(state: CheckState, check: JudgedCheck, nowMs: number): number {
  const removalMs = isTtl(check) && !hasFailedSinceHeard(state) ? undefined : removalAtMs(state, check);
  const soonestMs = removalMs !== undefined && removalMs > nowMs ? removalMs : Number.POSITIVE_INFINITY;
  if (isTtl(check)) {
    if (state.maintenanceSinceMs !== undefined) return nowMs + check.intervalMs;
    return Math.min(waitingSinceMs(state) + check.intervalMs, soonestMs);
  }
  if (state.executedAtMs === undefined) return state.heardAtMs + staggerMs(check.id, check.intervalMs);
  const regularMs = state.executedAtMs + state.executeIntervalMs;
  // where the removal follows within an interval, one look serves both; looks that cannot be judged put it off
  return regularMs > soonestMs - check.intervalMs
    ? Math.max(soonestMs, state.executedAtMs + MIN_MS)
    : regularMs;
}

/**
 * When a check of this id runs first after it began: the same for the same id, spread over `intervalMs` whatever
 * the ids have in common, from 0 to below `intervalMs`.
 */
export function staggerMs(id: string, intervalMs: number): number {
  return Math.floor((hash32(id) / 2 ** 32) * intervalMs);
}

/**
 * The interval after one more failure: twice the last one while it is Critical, up to a minute, so that who is well
 * again is seen soon, however long it was not. A TTL has but one.
 */
export function intervalAfterFailureMs(state: CheckState, check: JudgedCheck): number {
  if (state.verdict !== 'Critical' || isTtl(check)) return check.intervalMs;
  return Math.min(2 * state.executeIntervalMs, Math.max(check.intervalMs, MAX_MS));
}

/** From when on a TTL waits for the next pass: the last message, or the last interval that passed without. */
export function waitingSinceMs({ heardAtMs, latestFailureAtMs = heardAtMs }: CheckState): number {
  return Math.max(heardAtMs, latestFailureAtMs);
}

/** Whether a TTL failed by silence or by message after the last thing that excuses it (a restart, a pass). */
export function hasFailedSinceHeard({ heardAtMs, latestFailureAtMs }: CheckState): boolean {
  return latestFailureAtMs !== undefined && latestFailureAtMs >= heardAtMs;
}

/**
 * Whether nothing was heard of a check when something should have been, so that what is shown of it is old: it is
 * paused; or a TTL was told nothing for longer than its interval; or no run has ended that began within the last
 * interval that it is to be run at, its timeout, and another interval for one that was late. Before the first run,
 * and after a restart, both are counted from the beginning. @param nowMs of the clock of the state
 */
export function isStale(check: CheckDefinition, state: CheckState, nowMs: number): boolean {
  const { intervalMs, timeoutMs, paused } = check;
  if (paused) return true;
  const { executedAtMs, executeIntervalMs, heardAtMs } = state;
  const silentForMs = nowMs - Math.max(heardAtMs, executedAtMs ?? heardAtMs);
  return silentForMs > (isTtl(check) ? intervalMs : executeIntervalMs + timeoutMs + intervalMs);
}
