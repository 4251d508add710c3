import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { BadRequestException, HttpException } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { dropUnread, RequestTurns } from '@vitals/health';
import type { FastifyInstance } from 'fastify';
import { AnswerBudget } from '../answer-budget.js';
import { sendRawProblem } from '../problem.filter.js';
import { settleAuthority } from './host-header.js';
import { Reads } from '../reads.js';
import { endWithProblem, Upgrades, waitsForEarlier } from './connections.js';
import { BodyBudget } from './raw-exchange.js';

/** Under this name Fastify carries what lies in front of it. */
export const FRONT = 'requestFront';

/** The front of the app's Fastify. */
export function frontOf({ httpAdapter }: HttpAdapterHost): RequestFront {
  return httpAdapter.getInstance<FastifyInstance>().getDecorator<RequestFront>(FRONT);
}

/**
 * The first stage of every request, before Fastify. Refuses as problems what Node would refuse without a body, and what
 * neither Node nor Fastify refuses; leaves the rest to the raw route, and then to Fastify.
 */
export class RequestFront {
  readonly bodies = new BodyBudget();
  readonly answers = new AnswerBudget();
  readonly reads = new Reads();
  readonly upgrades = new Upgrades();
  readonly turns = new RequestTurns();
  /** Connections that are open, also those that were upgraded. */
  readonly sockets = new Set<Socket>();
  private readonly servers = new Set<Server>();
  /** Is offered every request first, and answers it on Node's HTTP; `false` for one that it leaves to Fastify. */
  route: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** Every request passes it first, and every WebSocket: throws why one is refused, whatever it asks for. */
  screen: (request: IncomingMessage) => void = () => undefined;

  /**
   * From now on every answer ends its connection, while new ones are accepted: a client that sends a request on an idle
   * connection just when it is closed could not know whether it was received.
   */
  endAfterAnswers(): void {
    for (const server of this.servers)
      server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
        response.shouldKeepAlive = false;
      });
  }

  /** A server whose requests `handle` gets after the route in front; for the option `serverFactory` of Fastify. */
  createServer(handle: RequestListener, options: ServerOptions): Server {
    const inTurn: RequestListener = (request, response) => {
      // a connection that goes on asking would keep a server that is closing from its end
      if (!server.listening) response.shouldKeepAlive = false;
      const fault = this.faultOf(request);
      if (!fault && this.route(request, response)) return;
      this.reads.tellAge(request, response);
      if (fault) sendRawProblem(fault, request, response);
      else handle(request, response);
    };
    const server = createServer({ ...options, requireHostHeader: false }, (request, response) =>
      this.turns.take(request, response, inTurn),
    );
    this.servers.add(server);
    server.on('connection', (socket: Socket) => {
      // an upgrade that is passed on gives its connection to the server again
      if (this.sockets.has(socket)) return;
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    dropUnread(server);
    server.on('checkExpectation', (...asked: [IncomingMessage, ServerResponse]) =>
      this.turns.take(...asked, refuseExpectation),
    );
    server.on('upgrade', (...asked: [IncomingMessage, Socket, Buffer]) =>
      this.upgrades.handle(server, asked, (request) => this.faultOf(request)),
    );
    server.on('connect', (_request: IncomingMessage, socket: Socket) => refuseConnect(socket));
    return server;
  }

  private faultOf(request: IncomingMessage): Error | undefined {
    try {
      settleAuthority(request);
      this.screen(request);
      return undefined;
    } catch (fault) {
      return fault as Error;
    }
  }
}

const refuseExpectation: RequestListener = (request, response) => {
  const detail = 'the header Expect may only be "100-continue"';
  sendRawProblem(new HttpException(detail, 417), request, response);
};

/** Node has let go of the socket: an error that nobody listens to would end the process. */
function refuseConnect(socket: Socket): void {
  socket.on('error', () => undefined);
  const refuse = (): void => {
    if (!waitsForEarlier(socket, refuse))
      endWithProblem(socket, new BadRequestException('this is not a proxy: CONNECT is not known here'));
  };
  refuse();
}
