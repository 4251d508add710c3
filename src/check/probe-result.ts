/**
 * What one look at a target found. `denied`: the settings forbid to connect there, which says nothing about the
 * target. `unjudged`: the observer itself could not look (it has no network, or no room for one more
 * connection), which says nothing about the target either.
 */
export type ProbeOutcome = 'success' | 'warning' | 'failure' | 'denied' | 'unjudged';

/** The longest message of a result, in characters. */
export const MAX_MESSAGE = 256;

/** An outcome as a value; probes do not throw. */
export interface ProbeResult {
  readonly outcome: ProbeOutcome;
  /** In words for the person who is woken by it; at most `MAX_MESSAGE` characters, without control characters. */
  readonly message: string;
  /** How long the look took, in milliseconds. */
  readonly durationMs: number;
}
