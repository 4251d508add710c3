import type { FailureCause } from './failure.js';

/** The media type of RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json';

/** An error that only the control plane tells. */
export interface Problem {
  readonly code: string;
  readonly detail: string;
}

/** Codes of the control plane that no repetition changes, by the status that they come with. */
const FINAL: Readonly<Record<number, readonly string[]>> = {
  401: ['unauthenticated'],
  403: ['forbidden'],
  409: ['generation-stale', 'provider-id-conflict'],
};

/**
 * Reads the body of a problem. Others answer problems too: its `code` must be one, and its `type`, if it has one,
 * must name that code as the control plane does. `undefined` for any other.
 */
export function readProblem({ type, code, detail }: Readonly<Record<string, unknown>>): Problem | undefined {
  if (typeof code !== 'string' || !/^[a-z][a-z-]{0,63}$/.test(code)) return undefined;
  if (type !== undefined && type !== `urn:vitals:problem:${code}`) return undefined;
  return { code, detail: typeof detail === 'string' ? detail : code };
}

/** What follows from a problem: only what is known is final, a code of tomorrow may pass. */
export function causeOf(status: number, { code }: Problem): FailureCause {
  if (FINAL[status]?.includes(code)) return 'refused';
  if (status === 404 && code === 'provider-not-registered') return 'not-registered';
  return status === 429 || status >= 500 ? 'busy' : 'rejected';
}
