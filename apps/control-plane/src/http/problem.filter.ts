import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLightPath, lightError, lightStatusOf } from './light.error.js';
import { isRetryable, PROBLEM_TYPE, problemOf, RETRY_AFTER_SECONDS } from './problem-details.js';
import { ROUTES, type RouteTable } from './routes.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const logger = new Logger('Http');

/** An error, ready to be sent. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The request that an error answers, as Fastify and Node have it. */
export interface Asked {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** Answers every error as a problem, whatever layer raised it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const allowed = request.is404 ? methodsAt(request) : [];
    if (allowed.length === 0) return sendProblem(error, request, reply);
    void reply.header('allow', allowed.join(', '));
    const detail = `${request.method} is not among ${allowed.join(', ')}`;
    sendProblem(new HttpException(detail, 405), request, reply);
  }
}

function methodsAt({ server, url }: FastifyRequest): string[] {
  if (!server.hasDecorator(ROUTES)) return [];
  return server.getDecorator<RouteTable>(ROUTES).allowed(url.split('?', 1)[0] as string);
}

/** Answers an error on a reply of Fastify: for the filter, and for routes outside Nest. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, headers, text } = formProblem(error, request);
  void reply.code(status).headers(headers).send(text);
}

/** Answers an error straight on Node's HTTP. */
export function sendRawProblem(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  const { status, headers, text } = formProblem(error, request);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/**
 * Forms the answer to an error, whatever layer raised it; the cause of a 500 goes to the log only. It is a problem,
 * or an error as light-4j has it for the paths of the registry.
 */
export function formProblem(error: unknown, { method = '', url = '' }: Asked): ProblemAnswer {
  const problem = problemOf(error);
  if (problem.status >= 500 && !isRetryable(problem))
    logger.error(`${method} ${url} failed`, error instanceof Error ? error.stack : String(error));
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
