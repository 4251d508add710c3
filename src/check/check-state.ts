import type { ProbeOutcome } from './probe-result.js';

/** What a check of a service, or one that stands alone, is shown as. `Pending`: there was no result yet. */
export const CHECK_STATUSES = ['Pending', 'Passing', 'Warning', 'Critical', 'Maintenance'] as const;

/** One of `CHECK_STATUSES`. */
export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** What the results so far say. */
export type CheckVerdict = Exclude<CheckStatus, 'Maintenance'>;

/**
 * All that the state machine knows of a check, as a value. Times are milliseconds of one clock that never goes
 * back and stands still while the observer does.
 */
export interface CheckState {
  readonly verdict: CheckVerdict;
  /** Since when a maintenance window is open; `undefined` outside of one. */
  readonly maintenanceSinceMs: number | undefined;
  /** Results of one kind in a row; one of both is 0. */
  readonly successes: number;
  readonly failures: number;
  /**
   * The first failure of the streak that goes on; `undefined` while there is none. A success ends the streak,
   * but for one: while a check that needs several in a row stays Critical, it is still failing. Moved forward
   * by what does not count: maintenance, and looks that failed by the observer.
   */
  readonly failingSinceMs: number | undefined;
  /**
   * The last failure that was counted, be it a run, a message, or the end of an interval of silence;
   * `undefined` if there was none since the check began or was recovered.
   */
  readonly latestFailureAtMs: number | undefined;
  /** When the last run started, or the last message came; `undefined` before the first. */
  readonly executedAtMs: number | undefined;
  /** From that start to the next: the interval, or more while it fails. */
  readonly executeIntervalMs: number;
  /**
   * From when on anything counts: the check began, was recovered, or its maintenance ended. For a TTL also the
   * last message: silence is counted from here.
   */
  readonly heardAtMs: number;
}

/** What can happen to a check. */
export type CheckEvent =
  /** A run ended, or somebody sent a pass or a failure for a TTL. */
  | { readonly kind: 'result'; readonly outcome: ProbeOutcome; readonly startedAtMs: number }
  /** Time has passed: the deadline of a TTL may be over. */
  | { readonly kind: 'due' }
  | { readonly kind: 'maintenance'; readonly open: boolean };

/** What follows for others. */
export type CheckEffect =
  | {
      readonly kind: 'transition';
      readonly from: CheckStatus;
      readonly to: CheckStatus;
      /** Whether anybody is told; a maintenance window tells nobody. */
      readonly notify: boolean;
    }
  /** It failed for too long: its service has to go. */
  | { readonly kind: 'deregister' };

/** What an event makes of a check. */
export interface CheckStep {
  readonly state: CheckState;
  readonly effects: readonly CheckEffect[];
}

/** What it is shown as. */
export function statusOf({ verdict, maintenanceSinceMs }: CheckState): CheckStatus {
  return maintenanceSinceMs === undefined ? verdict : 'Maintenance';
}
