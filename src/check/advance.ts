import { hasFailedSinceHeard, intervalAfterFailureMs, waitingSinceMs } from './cadence.js';
import { isRemovalDue } from './removal.js';
import { isTtl, type JudgedCheck } from './check-definition.js';
import {
  type CheckEffect,
  type CheckEvent,
  type CheckState,
  type CheckStep,
  type CheckVerdict,
  statusOf,
} from './check-state.js';
import type { ProbeOutcome } from './probe-result.js';

const NO_EFFECTS: readonly CheckEffect[] = [];

/** What holds for one event. */
export interface AdvanceOptions {
  /** Nobody is removed now, whatever has failed: too many fail at once, or the observer cannot be trusted. */
  readonly removalFrozen?: boolean;
}

/**
 * What an event makes of a check, at `nowMs` of the clock of its state. Pure: the same events give the same.
 *
 * 1. The first result applies at once. After that `failure`s in a row make it Warning, then Critical, and
 *    `success`es in a row Passing, each at its threshold (Consul's rule); one of the other kind starts the count
 *    over. `warning` makes it Warning at once, and counts as a success. A failure never makes it better.
 * 2. It is failing since the first failure of the streak. A success ends the streak unless the check stays
 *    Critical for want of more successes: one that never gets well goes after `deregisterAfterMs` although it
 *    answers now and then, and one that never was Critical stays.
 * 3. A failure after more than `deregisterAfterMs` of failing removes it. It is Critical then, whatever the
 *    thresholds say. Nothing but a failure removes: not a success in between, not the end of maintenance.
 * 4. `denied` is Warning and ends the streak. `unjudged` changes neither verdict nor counts; the time since the
 *    look before it was an outage of the observer, and counts neither as failing nor as the silence of a TTL.
 * 5. A TTL fails by message, or once at the end of each interval without one.
 * 6. In maintenance runs are only noted. Its end takes up the verdict as it was, and moves the clocks of failing
 *    and of silence by its length. A run that started before that end, or before the check began, or before one
 *    that was judged already, is only noted too. Coming and going of maintenance notify nobody.
 */
export function advance(
  state: CheckState,
  event: CheckEvent,
  nowMs: number,
  check: JudgedCheck,
  options: AdvanceOptions = {},
): CheckStep {
  switch (event.kind) {
    case 'result':
      return takeResult(state, event.outcome, event.startedAtMs, nowMs, check, options);
    case 'due':
      return countSilence(state, nowMs, check, options);
    case 'maintenance':
      return stepTo(state, event.open ? openWindow(state, nowMs) : closeWindow(state, nowMs, check));
  }
}

function takeResult(
  state: CheckState,
  outcome: ProbeOutcome,
  startedAtMs: number,
  nowMs: number,
  check: JudgedCheck,
  options: AdvanceOptions,
): CheckStep {
  const { executedAtMs = startedAtMs, heardAtMs } = state;
  const noted = { ...state, executedAtMs: Math.max(executedAtMs, startedAtMs) };
  const isLate = startedAtMs < heardAtMs || startedAtMs < executedAtMs;
  if (isLate || state.maintenanceSinceMs !== undefined) return stepTo(state, noted);
  const heard = isTtl(check) ? { ...noted, heardAtMs: startedAtMs } : noted;
  switch (outcome) {
    case 'success':
    case 'warning':
      return stepTo(state, succeed(heard, outcome, check));
    case 'failure':
      return stepToFailed(state, fail(heard, 1, startedAtMs, startedAtMs, check), nowMs, check, options);
    case 'denied':
      return stepTo(state, { ...heard, ...endOfStreak(check), verdict: 'Warning', successes: 0 });
    case 'unjudged':
      return stepTo(state, { ...heard, failingSinceMs: failingSinceWithout(state, startedAtMs) });
  }
}

function countSilence(
  state: CheckState,
  nowMs: number,
  check: JudgedCheck,
  options: AdvanceOptions,
): CheckStep {
  if (!isTtl(check) || state.maintenanceSinceMs !== undefined) return stepTo(state, state);
  const sinceMs = waitingSinceMs(state);
  if (nowMs < sinceMs + check.intervalMs) {
    const isOver = hasFailedSinceHeard(state) && isRemovalDue(state, check, nowMs) && !options.removalFrozen;
    return isOver ? stepToRemoved(state, state) : stepTo(state, state);
  }
  const missed = Math.max(1, Math.floor((nowMs - sinceMs) / check.intervalMs));
  const failed = fail(state, missed, sinceMs + check.intervalMs, sinceMs + missed * check.intervalMs, check);
  return stepToFailed(state, failed, nowMs, check, options);
}

function succeed(state: CheckState, outcome: 'success' | 'warning', check: JudgedCheck): CheckState {
  const successes = state.successes + 1;
  const isEnough = state.verdict === 'Pending' || successes >= check.successBeforePassing;
  const verdict = outcome === 'warning' ? 'Warning' : isEnough ? 'Passing' : state.verdict;
  const ended = { ...state, ...endOfStreak(check), verdict, successes };
  return verdict === 'Critical' ? { ...ended, failingSinceMs: state.failingSinceMs } : ended;
}

/** When it has been failing since, had the time from the last look to `untilMs` not been. */
function failingSinceWithout(state: CheckState, untilMs: number): number | undefined {
  const { executedAtMs = state.heardAtMs, failingSinceMs } = state;
  const sinceMs = Math.max(executedAtMs, waitingSinceMs(state));
  return failingSinceMs === undefined ? undefined : failingSinceMs + Math.max(0, untilMs - sinceMs);
}

function endOfStreak({ intervalMs }: JudgedCheck) {
  return { failures: 0, failingSinceMs: undefined, executeIntervalMs: intervalMs };
}

/** `count` failures more, of which the first was at `firstMs`, the last at `latestMs`. */
function fail(
  state: CheckState,
  count: number,
  firstMs: number,
  latestMs: number,
  check: JudgedCheck,
): CheckState {
  const failures = state.failures + count;
  return {
    ...state,
    verdict: verdictOfFailures(state.verdict, failures, check),
    successes: 0,
    failures,
    failingSinceMs: state.failingSinceMs ?? firstMs,
    latestFailureAtMs: latestMs,
  };
}

function verdictOfFailures(verdict: CheckVerdict, failures: number, check: JudgedCheck): CheckVerdict {
  if (verdict === 'Pending' || verdict === 'Critical') return 'Critical';
  if (failures >= check.failuresBeforeCritical) return 'Critical';
  return failures >= check.failuresBeforeWarning ? 'Warning' : verdict;
}

function openWindow(state: CheckState, nowMs: number): CheckState {
  return state.maintenanceSinceMs === undefined ? { ...state, maintenanceSinceMs: nowMs } : state;
}

function closeWindow(state: CheckState, nowMs: number, check: JudgedCheck): CheckState {
  const { maintenanceSinceMs: sinceMs, executedAtMs } = state;
  if (sinceMs === undefined) return state;
  const later = (ms: number | undefined) => (ms === undefined ? undefined : ms + nowMs - sinceMs);
  const closed = { ...state, maintenanceSinceMs: undefined, failingSinceMs: later(state.failingSinceMs) };
  const wasHeard = executedAtMs !== undefined && executedAtMs >= sinceMs;
  if (wasHeard || !isTtl(check)) return { ...closed, heardAtMs: nowMs };
  return {
    ...closed,
    heardAtMs: state.heardAtMs + nowMs - sinceMs,
    latestFailureAtMs: later(state.latestFailureAtMs),
  };
}

function stepToFailed(
  state: CheckState,
  failed: CheckState,
  nowMs: number,
  check: JudgedCheck,
  { removalFrozen = false }: AdvanceOptions,
): CheckStep {
  if (!removalFrozen && isRemovalDue(failed, check, nowMs)) return stepToRemoved(state, failed);
  return stepTo(state, { ...failed, executeIntervalMs: intervalAfterFailureMs(failed, check) });
}

function stepToRemoved(before: CheckState, failed: CheckState): CheckStep {
  const { state, effects } = stepTo(before, { ...failed, verdict: 'Critical' });
  return { state, effects: [...effects, { kind: 'deregister' }] };
}

function stepTo(before: CheckState, state: CheckState): CheckStep {
  const from = statusOf(before);
  const to = statusOf(state);
  if (from === to) return { state, effects: NO_EFFECTS };
  const notify = from !== 'Maintenance' && to !== 'Maintenance';
  return { state, effects: [{ kind: 'transition', from, to, notify }] };
}
