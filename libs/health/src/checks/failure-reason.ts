import { bracketedPlaces, tlsFault, withoutOpenSslErrors } from '@vitals/core/probe';

/** How deep causes are followed: a circle of causes must end. */
const DEEPEST_CAUSE = 8;

/** How many of several failures are told. */
const MOST_TOLD = 3;

/**
 * Why something failed, as the innermost error says it: `fetch failed` is of no use, its cause
 * `connect ECONNREFUSED 127.0.0.1:8080` is. Of several failures at once (the addresses of a host, the attempts of
 * a client) each different one is told. Not redacted: that is done with all that leaves the process.
 */
export function failureReason(error: unknown): string {
  const reasons = [...new Set(innermost(error, 0))].filter((reason) => reason !== '');
  return reasons.slice(0, MOST_TOLD).join('; ') || 'it failed without saying why';
}

function innermost(error: unknown, depth: number): string[] {
  if (typeof error !== 'object' || error === null) return [String(error)];
  const { message, cause, errors, code, name } = error as Partial<AggregateError> & { code?: unknown };
  if (depth < DEEPEST_CAUSE) {
    if (Array.isArray(errors) && errors.length > 0)
      return errors.flatMap((each: unknown) => innermost(each, depth + 1));
    if (typeof cause === 'object' && cause !== null) return innermost(cause, depth + 1);
  }
  const text =
    tlsFault(error) ?? [message, code, name].find((part) => typeof part === 'string' && part !== '');
  return [typeof text === 'string' ? bracketedPlaces(withoutOpenSslErrors(text)) : ''];
}
