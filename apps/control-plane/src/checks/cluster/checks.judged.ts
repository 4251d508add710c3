import type { CheckResult, CheckState } from '@vitals/core/check';
import type { Suppression } from '@vitals/core/transition';
import { changeKind } from '../../database/change.js';
import { CHECK_STATES, type StoredProgress } from '../check.rows.js';

/** What a check is after what happened to it. */
export interface JudgedCheck {
  readonly key: number;
  readonly id: string;
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

/** What was judged together, by one instance. */
export interface Judgement {
  /** The instance. */
  readonly by: string;
  /** When it was judged, on its running clock. */
  readonly nowMs: number;
  readonly checks: readonly JudgedCheck[];
  /** How far those have come of which the next result depends on it; written to their rows, and not sent to others. */
  readonly rows: readonly { readonly key: number; readonly progress: StoredProgress }[];
}

/** Something happened to checks, and was judged: all instances apply what they are after that. */
export const checksJudged = changeKind<Judgement>('checks-judged', {
  async write(transaction, judged) {
    if (judged.rows.length > 0) await transaction.patch(CHECK_STATES, judged.rows);
    return { ...judged, rows: [] };
  },
  keys: ({ checks }) => checks.map(({ key }) => key),
});
