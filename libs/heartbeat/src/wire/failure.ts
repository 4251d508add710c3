/**
 * Why a call failed:
 * - `no-answer`: none came, or not all of one;
 * - `foreign`: one came that the control plane does not give;
 * - `busy`: the control plane cannot now (429, 5xx);
 * - `rejected`: the control plane does not take what was sent;
 * - `not-registered`: the control plane does not know the provider (any more);
 * - `refused`: no repetition will change it.
 */
export type FailureCause = (typeof FAILURE_CAUSES)[number];

/** Every cause of a failure. */
export const FAILURE_CAUSES = [
  'no-answer',
  'foreign',
  'busy',
  'rejected',
  'not-registered',
  'refused',
] as const;

/** A call that was not acknowledged. */
export interface Failure {
  readonly cause: FailureCause;
  /** Of the answer; 0 if none came. */
  readonly status: number;
  /** In one line, for people. */
  readonly reason: string;
  /** Equal for failures that are the same thing to people. */
  readonly sign: string;
  /** How long this endpoint asked to be left alone, in milliseconds, however long that is. */
  readonly retryAfterMs: number | undefined;
}

/** No answer came, or not all of it. */
export function unanswered(reason: string): Failure {
  // times and ports differ from try to try
  return {
    cause: 'no-answer',
    status: 0,
    reason,
    sign: reason.replaceAll(/\d+/g, ''),
    retryAfterMs: undefined,
  };
}
