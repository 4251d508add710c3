import { Logger } from '@nestjs/common';
import { isLightPath, lightError, lightStatusOf } from './light.error.js';
import { isRetryable, PROBLEM_TYPE, problemOf, RETRY_AFTER_SECONDS } from './problem.js';

/** An error, ready to be sent. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const logger = new Logger('Http');

/** The request that an error answers, as Fastify and Node have it. */
export interface Asked {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/**
 * Forms the answer to an error, whatever layer raised it; the cause of a 500 goes to the log only. It is a problem,
 * or an error as light-4j has it for the paths of the registry.
 */
export function formProblem(error: unknown, { method = '', url = '' }: Asked): ProblemAnswer {
  const problem = problemOf(error);
  if (problem.status >= 500 && !isRetryable(problem)) {
    logger.error(`${method} ${url} failed`, error instanceof Error ? error.stack : String(error));
  }
  const isLight = isLightPath(url);
  return {
    status: isLight ? lightStatusOf(problem.status) : problem.status,
    headers: {
      'content-type': isLight ? JSON_TYPE : PROBLEM_TYPE,
      ...(isRetryable(problem) && { 'retry-after': String(RETRY_AFTER_SECONDS) }),
      ...(problem.status === 401 && { 'www-authenticate': 'Bearer realm="vitals"' }),
    },
    text: JSON.stringify(isLight ? lightError(problem, method, url) : problem),
  };
}

const JSON_TYPE = 'application/json; charset=utf-8';
