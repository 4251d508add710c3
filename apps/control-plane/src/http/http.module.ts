import { Injectable, Module, type OnModuleInit, type Type } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { AtShutdown } from '../shutdown/stages.js';
import { frontOf } from './node/front.js';
import { ROUTES, routesOf, type RouteTable } from './routes.js';

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

/** The HTTP server, for the rest of the app. */
@Module({ providers: [HttpPort] })
export class HttpModule {}
