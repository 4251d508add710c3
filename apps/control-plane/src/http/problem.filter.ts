import { type ArgumentsHost, Catch, type ExceptionFilter, MethodNotAllowedException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { formProblem } from './problem.answer.js';
import type { RouteTable } from './route-table.js';

/** Under this name Fastify carries the table of its routes. */
export const ROUTES = 'routeTable';

/** Answers every error as a problem, whatever layer raised it. */
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

/** Answers an error on a reply of Fastify: for the filter, and for what lies outside Nest. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, headers, text } = formProblem(error, request);
  void reply.code(status).headers(headers).send(text);
}
