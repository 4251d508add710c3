import type { CheckTarget } from './target.js';

/** When a check runs, and how many results in a row decide. Durations in milliseconds. */
export interface CheckPolicy {
  /** From the start of one run to the start of the next; for a TTL, the longest silence. At least 1,000. */
  readonly intervalMs: number;
  /** How long one run may take. */
  readonly timeoutMs: number;
  /** Successes in a row that make it Passing; 0 counts as 1. */
  readonly successBeforePassing: number;
  /** Failures in a row that make it Warning; 0 counts as 1. */
  readonly failuresBeforeWarning: number;
  /** Failures in a row that make it Critical; 0 counts as 1. */
  readonly failuresBeforeCritical: number;
  /** After failing for longer than this the service is removed; 0: never. */
  readonly deregisterAfterMs: number;
}

/** What the state machine has to know of a check; a `CheckDefinition` is one. */
export interface JudgedCheck extends CheckPolicy {
  readonly id: string;
  readonly target: Pick<CheckTarget, 'kind'>;
}

/** Whether it waits to be told, and looks at nothing itself. */
export function isTtl({ target }: JudgedCheck): boolean {
  return target.kind === 'ttl';
}

/** A span in which a check runs, but nobody is told. Once, or whenever a cron expression fires. */
export type MaintenanceWindow =
  /** Epoch milliseconds, from the first to before the second. */
  | { readonly kind: 'once'; readonly startMs: number; readonly endMs: number }
  | {
      readonly kind: 'cron';
      /** Five fields, or six with seconds in front. */
      readonly expression: string;
      /** How long each lasts, in milliseconds. */
      readonly durationMs: number;
      /** Name of the time zone (IANA) in which the expression is read. */
      readonly timeZone: string;
    };

/** All that somebody says of a check. */
export interface CheckDefinition extends CheckPolicy {
  readonly id: string;
  readonly name?: string;
  readonly target: CheckTarget;
  /** The id of the check on which this one depends: while that is Critical, nobody is told of this one. */
  readonly parent?: string;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly labels: Readonly<Record<string, string>>;
  readonly paused: boolean;
}

/** The policy of a check of which nothing is said (Consul's: one result decides). */
export const DEFAULT_CHECK_POLICY: CheckPolicy = {
  intervalMs: 10_000,
  timeoutMs: 2_000,
  successBeforePassing: 1,
  failuresBeforeWarning: 1,
  failuresBeforeCritical: 1,
  deregisterAfterMs: 120_000,
};
