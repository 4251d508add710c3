import type { IncomingMessage, RequestListener } from 'node:http';
import { Injectable, Module, type OnModuleInit, type Type } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { VitalsError } from '@vitals/core/errors';
import { readJson } from '@vitals/core/json';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AtShutdown } from '../shutdown/stages.js';
import { boundAnswers } from './answer-budget.js';
import { answerUnparsable, endConnections } from './node/connections.js';
import { FRONT, frontOf, RequestFront } from './node/front.js';
import { type BodyBudget, codingFault, JSON_MEDIA_TYPE, notJson, readBytes } from './node/raw-exchange.js';
import { sendProblem } from './problem.filter.js';
import { assertQueryEncoding } from './query.js';
import { ROUTES, routesOf, RouteTable } from './routes.js';

/** The largest body that is read, in bytes: registration and info. A route may set less. */
const BODY_LIMIT = 64 * 1024;
/** Longer than any name may be, percent-encoded: a name that is too long is refused by its own rule. */
const MAX_PARAMETER = 1_024;
/** How long a request may take to arrive whole, in milliseconds. */
const REQUEST_TIMEOUT_MS = 15_000;
/** How often Node looks for requests that took too long, in milliseconds. */
const TIMEOUT_CHECK_MS = 2_000;
/** How long a connection may stay without a request: longer than providers wait between two beats, in milliseconds. */
const KEEP_ALIVE_MS = 72_000;
/** These headers of a request without a body. */
const NO_BODY = { 'content-type': undefined, 'content-length': undefined, 'transfer-encoding': undefined };

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
  instance.addHook('onRequest', (request, { raw }, done) => {
    assertQueryEncoding(request.url);
    front.reads.begin(request, raw, done);
  });
  readBodies(instance, routes, front.bodies);
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

/**
 * Has Fastify read bodies with the one reader of JSON. A call that reads no body passes over whatever comes with it,
 * of any type, up to `BODY_LIMIT` bytes: clients send `content-type` with nothing behind it, and generated ones `{}`.
 */
function readBodies(instance: FastifyInstance, routes: RouteTable, budget: BodyBudget): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(JSON_MEDIA_TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
    const bytes = body as Buffer;
    try {
      // the rules of the body name each member that is missing
      done(null, bytes.length === 0 ? undefined : readJson(bytes));
    } catch (error) {
      done(error as Error);
    }
  });
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
    done((body as Buffer).length === 0 ? null : notJson()),
  );
  instance.addHook('preParsing', (request, _reply, payload, done) => {
    budget.count(request.raw, request.routeOptions.bodyLimit ?? BODY_LIMIT);
    if (routes.readsBody(request.method, request.routeOptions.url))
      return done(codingFault(request.raw) ?? null, payload);
    request.headers = NO_BODY;
    passOver(request.raw, done);
  });
}

/** Calls `done` when the body has come, or with an error once it is too long. */
function passOver(request: IncomingMessage, done: (error?: Error | null) => void): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && Number(length) === 0) return done();
  const onError = (): void => done(new VitalsError('request-malformed', 'the body ended early'));
  request.on('error', onError);
  readBytes(request, BODY_LIMIT, (error) => {
    request.off('error', onError);
    done(error);
  });
}

/** The HTTP server of the app, from the first route to the shutdown. */
@Injectable()
export class HttpPort implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly modules: ModulesContainer,
  ) {}

  /** Notes which routes of Nest read a body: of all others a body is passed over. */
  onModuleInit(): void {
    const table = this.host.httpAdapter.getInstance<FastifyInstance>().getDecorator<RouteTable>(ROUTES);
    for (const { controllers } of this.modules.values())
      for (const { metatype } of controllers.values())
        for (const { method, path, takesBody } of routesOf(metatype as Type))
          if (takesBody) table.addBodyReader(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'));
  }

  @AtShutdown('drain')
  endAfterAnswers(): void {
    frontOf(this.host).endAfterAnswers();
  }

  /** Resolves when every request on its way is answered, or was cut off; Nest's own close then does nothing. */
  @AtShutdown('stop-taking')
  async close(): Promise<void> {
    await this.host.httpAdapter.close();
  }
}

/** The HTTP server. */
@Module({ providers: [HttpPort] })
export class HttpModule {}
