import type { Acknowledgement } from './acknowledgement.js';
import type { NoReply, Reply } from './exchange.js';
import { type Failure, type FailureCause, unanswered } from './failure.js';
import { readRetryAfter } from './retry-after.js';

/** The control plane did what it was asked. */
export interface Acknowledged<T> {
  readonly value: T;
  /** Whether an operator asked this provider to drain. */
  readonly asksToDrain: boolean;
}

/** What came of a call. */
export type Answer<T> = Acknowledged<T> | Failure;

/** The media type of RFC 9457. */
const PROBLEM_TYPE = 'application/problem+json';
/** Carries what an operator wants of a provider: `drain`. */
const DIRECTIVE_HEADER = 'vitals-directive';
/** Texts of others that are longer are cut. */
const MAX_QUOTED = 300;
/** Codes of the control plane that no repetition changes, by the status that they come with. */
const FINAL: Readonly<Record<number, readonly string[]>> = {
  401: ['unauthenticated'],
  403: ['forbidden'],
  409: ['generation-stale', 'provider-id-conflict'],
};

/** Whether the control plane did what it was asked. */
export function isAcknowledged<T>(answer: Answer<T>): answer is Acknowledged<T> {
  return 'value' in answer;
}

/**
 * Reads what came, at the epoch milliseconds `nowMs`. Anybody may answer at an address: nothing is acknowledged, and
 * nothing refused for good, without what only the control plane says.
 */
export function readAnswer<T>(reply: Reply | NoReply, taken: Acknowledgement<T>, nowMs: number): Answer<T> {
  if (!('headers' in reply)) return unanswered(reply.reason);
  const { status, headers } = reply;
  const retryAfterMs = readRetryAfter(headers, nowMs);
  const foreign = (what: string): Failure => {
    const reason = `the answer is not the control plane's: ${status} ${what}`;
    return { cause: 'foreign', status, reason, sign: reason, retryAfterMs };
  };
  if (status >= 300 && status < 400) {
    const { reason, ...failure } = foreign('is a redirect');
    return { ...failure, reason: `${reason}${leadsTo(headers.location)}` };
  }
  const type = mediaTypeOf(headers['content-type']);
  if (type === undefined) return foreign('without a content-type');
  const isTaken = taken.statuses.includes(status) && type === 'application/json';
  if (!isTaken && type !== PROBLEM_TYPE) return foreign(`with content-type ${type}`);
  const body = readObject(reply.text);
  if (!body) return foreign(`with content-type ${type} whose body is not a JSON object`);
  if (isTaken) {
    const told = taken.read(body);
    if ('fault' in told) return foreign(`whose ${told.fault}`);
    return { value: told.value, asksToDrain: asksToDrain(headers[DIRECTIVE_HEADER]) };
  }
  const problem = status < 400 ? undefined : readProblem(body);
  if (!problem) return foreign(`with a problem that is none of its own`);
  const reason = `${status} ${problem.detail.slice(0, MAX_QUOTED)}`.trim();
  return {
    cause: causeOf(status, problem.code),
    status,
    reason,
    sign: `${status} ${problem.code}`,
    retryAfterMs,
  };
}

/**
 * Reads the body of a problem. Others answer problems too: its `code` must be one, and its `type`, if it has one,
 * must name that code as the control plane does. `undefined` for any other.
 */
function readProblem({ type, code, detail }: Readonly<Record<string, unknown>>) {
  if (typeof code !== 'string' || !/^[a-z][a-z-]{0,63}$/.test(code)) return undefined;
  if (type !== undefined && type !== `urn:vitals:problem:${code}`) return undefined;
  return { code, detail: typeof detail === 'string' ? detail : code };
}

/** What follows from a problem: only what is known is final, a code of tomorrow may pass. */
function causeOf(status: number, code: string): FailureCause {
  if (FINAL[status]?.includes(code)) return 'refused';
  if (status === 404 && code === 'provider-not-registered') return 'not-registered';
  return status === 429 || status >= 500 ? 'busy' : 'rejected';
}

function leadsTo(location: string | undefined): string {
  const where = location === undefined ? '' : ` to ${location.slice(0, MAX_QUOTED)}`;
  return `${where}; redirects are not followed, for that would carry the token elsewhere`;
}

/** The media type in lower case, without its parameters. */
function mediaTypeOf(contentType = ''): string | undefined {
  const [type = ''] = contentType.slice(0, MAX_QUOTED).split(';', 1);
  return type.trim().toLowerCase() || undefined;
}

function asksToDrain(directives: string | string[] = ''): boolean {
  return [directives]
    .flat()
    .join()
    .split(',')
    .some((directive) => directive.trim() === 'drain');
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
