import type { Acknowledgement } from './acknowledgement.js';
import type { NoReply, Reply } from './exchange.js';
import { type Failure, unanswered } from './failure.js';
import { causeOf, PROBLEM_TYPE, readProblem } from './problem.js';
import { readRetryAfter } from './retry-after.js';

/** The control plane did what it was asked. */
export interface Acknowledged<T> {
  readonly value: T;
  /** Whether an operator asked this provider to drain. */
  readonly asksToDrain: boolean;
}

/** What came of a call. */
export type Answer<T> = Acknowledged<T> | Failure;

/** Carries what an operator wants of a provider: `drain`. */
const DIRECTIVE_HEADER = 'vitals-directive';
/** Texts of others that are longer are cut. */
const MAX_QUOTED = 300;

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
  return { cause: causeOf(status, problem), status, reason, sign: `${status} ${problem.code}`, retryAfterMs };
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
