import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Logger,
  MethodNotAllowedException,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isRetryable, PROBLEM_TYPE, problemOf, RETRY_AFTER_SECONDS } from './problem.js';
import type { RouteTable } from './route-table.js';

/** Under this name Fastify carries the table of its routes. */
export const ROUTES = 'routeTable';

const logger = new Logger('Http');

/** Answers every error as a problem, whatever layer raised it; the cause of a 500 goes to the log only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const allowed = request.is404
      ? routesOf(request)?.allowed(request.url.split('?', 1)[0] as string)
      : undefined;
    if (!allowed?.length) return sendProblem(error, request, reply);
    void reply.header('allow', allowed.join(', '));
    sendProblem(
      new MethodNotAllowedException(`${request.method} is not among ${allowed.join(', ')}`),
      request,
      reply,
    );
  }
}

function routesOf({ server }: FastifyRequest): RouteTable | undefined {
  return server.hasDecorator(ROUTES) ? server.getDecorator<RouteTable>(ROUTES) : undefined;
}

/** Answers an error on a reply of Fastify: for the filter, and for routes that lie outside Nest. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error);
  if (problem.status >= 500 && !isRetryable(problem)) {
    logger.error(
      `${request.method} ${request.url} failed`,
      error instanceof Error ? error.stack : String(error),
    );
  }
  if (isRetryable(problem)) void reply.header('retry-after', RETRY_AFTER_SECONDS);
  void reply.code(problem.status).header('content-type', PROBLEM_TYPE).send(JSON.stringify(problem));
}
