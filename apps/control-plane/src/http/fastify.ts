import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PROBLEM_TYPE, problem } from './problem.js';
import { ROUTES, sendProblem } from './problem.filter.js';
import { RouteTable } from './route-table.js';

/** The largest body that is read, in bytes: registration and info. A route may set less. */
export const BODY_LIMIT = 64 * 1024;

/** Longer than any name may be, percent-encoded, so that a name that is too long is told why. */
const LONGEST_PARAMETER = 1_024;

/** How long a request may take to arrive whole, in milliseconds. */
const REQUEST_TIMEOUT_MS = 15_000;

/** How often Node looks for requests that took too long, in milliseconds. */
const TIMEOUT_CHECK_MS = 2_000;

/** Errors of Node's HTTP parser, by code; any other is a 400. */
const STATUS_BY_PARSER_CODE: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Nest's Fastify, with a problem as the answer to whatever Fastify or Node refuse before Nest sees it. */
export function createAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(error, request, reply),
    clientErrorHandler: answerUnparsable,
  });
  const instance = adapter.getInstance();
  instance.removeContentTypeParser('text/plain');
  instance.decorate(ROUTES, new RouteTable());
  instance.addHook('onRoute', ({ method, url }) =>
    instance.getDecorator<RouteTable>(ROUTES).add(method, url),
  );
  return adapter;
}

function answerUnparsable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = STATUS_BY_PARSER_CODE[error.code ?? ''] ?? 400;
  const body = JSON.stringify(problem(status, `the bytes received are no HTTP request: ${error.message}`));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${PROBLEM_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
