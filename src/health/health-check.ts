import type { Attributes, HealthState } from './status.js';

/** What a check is asked about; a check without a kind counts for the whole only. */
export type HealthKind = 'liveness' | 'readiness' | 'startup' | 'wellness';

/** All kinds, in the order in which they are listed. */
export const HEALTH_KINDS: readonly HealthKind[] = ['liveness', 'readiness', 'startup', 'wellness'];

/** What a check is given to work with. */
export interface CheckContext {
  /** Fires when the check has run out of time; nobody waits for its result any more. */
  readonly signal: AbortSignal;
}

/**
 * What the metrics of a check are labelled with. Both follow from the check alone, so that no series changes its labels
 * because another check comes or goes.
 */
export interface CheckSeries {
  /** Its declared name, else `Provider#method`; several checks may share it. */
  readonly check: string;
  /** Where it is declared: `Module:Token#method`, or the identity that it was given. */
  readonly source: string;
}

/** One check, however it was found. */
export interface Check {
  /** Unique in an app: `Provider#method`. */
  readonly id: string;
  /** The name that it was declared with, if any. */
  readonly name: string | undefined;
  readonly kinds: readonly HealthKind[];
  readonly groups: readonly string[];
  readonly tags: readonly string[];
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether its failure fails the whole; otherwise it degrades it. */
  readonly critical: boolean;
  /** How long a result answers further requests, in milliseconds; 0 is not at all. */
  readonly cacheForMs: number;
  /** Run in the background this often, in milliseconds; requests are then answered with the last result. */
  readonly everyMs: number | undefined;
  /** The age from which a result of the background is no longer believed, in milliseconds. */
  readonly staleAfterMs: number;
  /** Failed runs in a row that turn it `DOWN`, at least 1. */
  readonly failureThreshold: number;
  /** Runs in a row that did not fail that end `DOWN`, at least 1. */
  readonly successThreshold: number;
  /** What its metrics are labelled with; default its name, else its identity, and its identity. */
  readonly series?: CheckSeries;
  /** The check itself; it may return, resolve to, emit, reject with or throw anything. */
  readonly run: (context: CheckContext) => unknown;
}

/** What one run of a check gave. Every run gives one, whatever the check does. */
export interface CheckResult {
  readonly id: string;
  /** The name on the wire: as reported, else as declared, else the identity. */
  readonly name: string;
  readonly state: HealthState;
  readonly attributes: Attributes;
  /** Why it is not `UP`, or what is being waited out before it is `DOWN`; redacted. */
  readonly reason: string | undefined;
  readonly kinds: readonly HealthKind[];
  readonly critical: boolean;
  /** How long the run took, in milliseconds. */
  readonly durationMs: number;
  /** Epoch milliseconds at which the run ended. */
  readonly checkedAtMs: number;
  /** How long ago that was when the result was asked for, in milliseconds; 0 of a run made for the request. */
  readonly ageMs: number;
  /** What the check threw; for the log only, never for the wire. */
  readonly error: unknown;
}

/** Everything of a check that has a default; the time fits a Kubernetes probe's default timeout of one second. */
export const CHECK_DEFAULTS = {
  name: undefined,
  kinds: [],
  groups: [],
  tags: [],
  timeoutMs: 800,
  critical: true,
  cacheForMs: 0,
  everyMs: undefined,
  staleAfterMs: Number.POSITIVE_INFINITY,
  failureThreshold: 1,
  successThreshold: 1,
} satisfies Omit<Check, 'id' | 'run'>;
