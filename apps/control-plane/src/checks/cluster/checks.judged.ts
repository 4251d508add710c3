import type { CheckResult, CheckState } from '@vitals/core/check';
import type { Suppression } from '@vitals/core/transition';
import { changeKind } from '../../database/change.js';
import { CHECK_STATES, type StoredProgress } from '../check.rows.js';

/** What a check is after what happened to it. */
export interface JudgedCheck {
  readonly key: number;
  /** On the running clock of the judge. */
  readonly state: CheckState;
  /** Epoch milliseconds, as those below. */
  readonly sinceMs: number;
  readonly failedAtMs: number | undefined;
  readonly executedAtMs: number | undefined;
  readonly suppressed: Suppression | undefined;
  readonly withheld: boolean;
  readonly result: CheckResult | undefined;
}

/**
 * One more success of a check that passes, found in the same words as before: most of what there is, and told in few
 * bytes. When the run started, on the running clock of the judge and as epoch milliseconds; and how long it took.
 */
export type SteadyPass = readonly [
  key: number,
  successes: number,
  startedAtMs: number,
  atMs: number,
  durationMs: number,
];

/** What was judged together, by one instance. */
export interface Judgement {
  /** The instance. */
  readonly by: string;
  /** When it was judged, on its running clock. */
  readonly nowMs: number;
  readonly checks: readonly JudgedCheck[];
  readonly steady: readonly SteadyPass[];
  /** How far those have come of which the next result depends on it; written to their rows, and not sent to others. */
  readonly rows: readonly { readonly key: number; readonly progress: StoredProgress }[];
}

/** Something happened to checks, and was judged: all instances apply what they are after that. */
export const checksJudged = changeKind<Judgement>('checks-judged', {
  async write(transaction, judged) {
    if (judged.rows.length > 0) await transaction.patch(CHECK_STATES, judged.rows);
    return { ...judged, rows: [] };
  },
  keys: ({ checks, steady }) => [...checks.map(({ key }) => key), ...steady.map(([key]) => key)],
});
