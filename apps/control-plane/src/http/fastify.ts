import type { RequestListener } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { boundAnswers } from './answers/answers-on-their-way.js';
import { readBodies } from './bodies.js';
import { answerUnparsable, endConnections } from './node/connections.js';
import { FRONT, RequestFront } from './node/front.js';
import { assertQueryEncoding } from './query.js';
import { ROUTES, sendProblem } from './problem.filter.js';
import { RouteTable } from './route-table.js';

/** The largest body that is read, in bytes: registration and info. A route may set less. */
export const BODY_LIMIT = 64 * 1024;

/** Longer than any name may be, percent-encoded, so that a name that is too long is told why. */
const MAX_PARAMETER = 1_024;

/** How long a request may take to arrive whole, in milliseconds. */
const REQUEST_TIMEOUT_MS = 15_000;

/** How often Node looks for requests that took too long, in milliseconds. */
const TIMEOUT_CHECK_MS = 2_000;

/** How long a connection may stay without a request: longer than providers wait between two beats, in milliseconds. */
const KEEP_ALIVE_MS = 72_000;

/** Nest's Fastify, with a problem as the answer to whatever Fastify or Node refuse before Nest sees it. */
export function createAdapter(): FastifyAdapter {
  const front = new RequestFront();
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    serverFactory: (handle: RequestListener) =>
      front.createServer(handle, {
        requestTimeout: REQUEST_TIMEOUT_MS,
        headersTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: TIMEOUT_CHECK_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
      }),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAMETER },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(error, request, reply),
    clientErrorHandler: answerUnparsable,
  });
  const instance = adapter.getInstance();
  const routes = new RouteTable();
  instance.decorate(ROUTES, routes);
  instance.decorate(FRONT, front);
  instance.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  boundAnswers(instance, front.answers);
  instance.addHook('onRequest', ({ url }, _reply, done) => {
    assertQueryEncoding(url);
    done();
  });
  readBodies(instance, routes, front.bodies, BODY_LIMIT);
  // a caller that is cut off while it sends its body does not see why: Node reads over the rest until the time is up
  instance.addHook('onSend', (_request, reply, _payload, done) => {
    if (reply.hasHeader('connection') && reply.raw.shouldKeepAlive) reply.header('connection', 'keep-alive');
    done();
  });
  instance.addHook('preClose', (done) => {
    endConnections(instance.server, front.sockets);
    done();
  });
  return adapter;
}
