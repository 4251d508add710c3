import { Logger } from '@nestjs/common';
import { isRetryable, PROBLEM_TYPE, problemOf, RETRY_AFTER_SECONDS } from './problem.js';

/** A problem, ready to be sent. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const logger = new Logger('Http');

/**
 * Forms the answer to an error, whatever layer raised it; the cause of a 500 goes to the log only.
 * @param what the request, for the log
 */
export function formProblem(error: unknown, what: string): ProblemAnswer {
  const problem = problemOf(error);
  if (problem.status >= 500 && !isRetryable(problem)) {
    logger.error(`${what} failed`, error instanceof Error ? error.stack : String(error));
  }
  return {
    status: problem.status,
    headers: {
      'content-type': PROBLEM_TYPE,
      ...(isRetryable(problem) && { 'retry-after': String(RETRY_AFTER_SECONDS) }),
      ...(problem.status === 401 && { 'www-authenticate': 'Bearer realm="vitals"' }),
    },
    text: JSON.stringify(problem),
  };
}
