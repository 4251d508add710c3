import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { ROUTES } from './problem.filter.js';
import type { RouteTable } from './route-table.js';
import { routesOf } from './routed.js';

/** Notes in the table of routes which of those of Nest read a body: of all others a body is passed over. */
@Injectable()
export class BodyReaders implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly modules: ModulesContainer,
  ) {}

  onModuleInit(): void {
    const table = this.host.httpAdapter.getInstance<FastifyInstance>().getDecorator<RouteTable>(ROUTES);
    for (const { controllers } of this.modules.values())
      for (const { metatype } of controllers.values())
        for (const { method, path, takesBody } of routesOf(metatype as Type))
          if (takesBody) table.addBodyReader(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'));
  }
}
