import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { WireAnswer } from '@vitals/core/health';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../../health.module-options.js';
import { type HealthRoute, HealthRoutes } from '../health.routes.js';
import { HealthExchange } from './health.exchange.js';
import { readRequest, send } from './http-exchange.js';
import { RequestTurns } from './request-turns.js';

/**
 * Answers the paths of health that have no parameters before the app's framework is asked: no body is parsed, no
 * hook or middleware runs, and a probe costs little more than Node's own HTTP. What is asked in the same turn of
 * the event loop, by callers who are told the same, is asked at the same time: it shares one answer. Of a connection
 * that pipelines one probe is answered at a time.
 */
@Injectable()
export class ProbeListener implements OnModuleInit {
  private readonly routes: ReadonlyMap<string, HealthRoute>;
  private readonly turns = new RequestTurns();
  private readonly answersOfTurn = new Map<string, WireAnswer | Promise<WireAnswer>>();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly exchange: HealthExchange,
    routes: HealthRoutes,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) options: HealthModuleOptions = {},
  ) {
    const served = options.port === undefined ? routes.all() : [];
    this.routes = new Map(served.flatMap((route) => (route.path.includes(':') ? [] : [[route.path, route]])));
  }

  onModuleInit(): void {
    const adapter = this.host.httpAdapter as typeof this.host.httpAdapter | undefined;
    const server = adapter?.getType?.() ? (adapter.getHttpServer() as Server | undefined) : undefined;
    if (!server || this.routes.size === 0) return;
    const others = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const route = this.routes.get(pathOf(request.url ?? '/'));
      if (route) this.turns.take(request, response, () => this.serve(route, server, request, response));
      else for (const listener of others) listener.call(server, request, response);
    });
  }

  private serve(
    route: HealthRoute,
    server: Server,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const answer = this.answer(route, server, request);
    if (answer instanceof Promise) void answer.then((formed) => send(response, formed));
    else send(response, answer);
  }

  /** Only what does not depend on who asks, but on whether they are local, is shared. */
  private answer(
    route: HealthRoute,
    server: Server,
    request: IncomingMessage,
  ): WireAnswer | Promise<WireAnswer> {
    const { method = 'GET', url = '/' } = request;
    const read = readRequest(request, server);
    if (!this.exchange.isSharable(read)) return this.exchange.answer(route, method, () => read);
    const key = `${method} ${read.local} ${url} ${read.accept ?? ''}`;
    const known = this.answersOfTurn.get(key);
    if (known) return known;
    if (this.answersOfTurn.size === 0) setImmediate(() => this.answersOfTurn.clear());
    const answer = this.exchange.answer(route, method, () => read);
    this.answersOfTurn.set(key, answer);
    return answer;
  }
}

function pathOf(url: string): string {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? url : url.slice(0, queryStart);
}
