import type { RequestListener, Server } from 'node:http';
import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../../health.module-options.js';
import { HealthExchange } from './health.exchange.js';
import { send } from './framework-exchange.js';
import { RequestTurns } from './request-turns.js';

/**
 * Answers the paths of health before the app's framework is asked: no body is parsed, no hook or middleware runs, and a
 * probe costs little more than Node's own HTTP. Of a connection that pipelines one probe is answered at a time.
 */
@Injectable()
export class ProbeListener implements OnModuleInit {
  private readonly turns = new RequestTurns();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly exchange: HealthExchange,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  onModuleInit(): void {
    const adapter = this.host.httpAdapter as typeof this.host.httpAdapter | undefined;
    const server = adapter?.getType?.() ? (adapter.getHttpServer() as Server | undefined) : undefined;
    if (!server || this.options.port !== undefined) return;
    const others = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const found = this.exchange.find(request.url);
      if (!found) {
        for (const listener of others) listener.call(server, request, response);
        return;
      }
      this.turns.take(request, response, () =>
        this.exchange.handle(found, request, server, (answer) => send(response, answer)),
      );
    });
  }
}
