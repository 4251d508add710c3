import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { VitalsError } from '@vitals/core/errors';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../../health.module-options.js';
import { HealthExchange } from './health.exchange.js';
import { type HealthRoute, HealthRoutes } from '../health.routes.js';
import {
  type FrameworkRequest,
  type FrameworkResponse,
  nodeRequestOf,
  nodeResponseOf,
  readRequest,
  send,
} from './http-exchange.js';
import { RequestTurns } from './request-turns.js';

/** Every method is answered at a health path, so that a wrong one gives 405. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The part of a Fastify instance that tells whether the app has a route already. */
interface FastifyInstance {
  hasRoute(route: { method: string; url: string }): boolean;
}

/** The part of an Express application that lists its routes, in the order in which they are tried. */
interface ExpressApplication {
  readonly router?: { readonly stack: readonly { readonly route?: { readonly path: unknown } }[] };
}

/**
 * Serves health straight on the app's HTTP adapter, beside Nest's router: global prefixes, versions, guards,
 * pipes, interceptors and filters of the app are for its API, and must not keep a probe from its answer.
 * Express tries routes in the order of their registration, so that health is registered before anything else
 * could answer in its place; Fastify prefers fixed paths, and refuses two of the same.
 */
@Injectable()
export class HealthEndpoints implements OnModuleInit {
  private readonly routes: readonly HealthRoute[];
  private readonly turns = new RequestTurns();
  private mounted = false;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly exchange: HealthExchange,
    routes: HealthRoutes,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) options: HealthModuleOptions = {},
  ) {
    this.routes = options.port === undefined ? routes.all() : [];
    if (this.adapterType() === 'express') this.mountAll();
  }

  /** @throws VitalsError `declaration-invalid` if the app has a route of its own at a path of health */
  onModuleInit(): void {
    if (this.adapterType() === undefined) return;
    for (const { path } of this.routes) {
      if (!this.isTaken(path)) continue;
      throw new VitalsError(
        'declaration-invalid',
        `the app has a route ${path} of its own; move or switch off that of health: HealthModule.forRoot({ endpoints })`,
      );
    }
    if (!this.mounted) this.mountAll();
  }

  /** Workers and microservices have no adapter, or one of no type; an app under test has one from `init` on. */
  private adapterType(): string | undefined {
    const adapter = this.host.httpAdapter as typeof this.host.httpAdapter | undefined;
    return adapter?.getType?.() || undefined;
  }

  private mountAll(): void {
    this.mounted = true;
    const adapter = this.host.httpAdapter;
    for (const route of this.routes) {
      adapter.all(route.path, (request: FrameworkRequest, response: FrameworkResponse) => {
        const asked = nodeRequestOf(request);
        this.turns.take(asked, nodeResponseOf(response), () =>
          this.exchange.handle(
            route,
            asked.method ?? 'GET',
            () => readRequest(request, adapter.getHttpServer()),
            (answer) => send(response, answer),
          ),
        );
      });
    }
  }

  private isTaken(path: string): boolean {
    if (this.adapterType() === 'express') {
      const { router } = this.host.httpAdapter.getInstance<ExpressApplication>();
      return (
        (router?.stack ?? []).filter(({ route }) => route?.path === path).length > (this.mounted ? 1 : 0)
      );
    }
    const instance = this.host.httpAdapter.getInstance<Partial<FastifyInstance>>();
    return METHODS.some((method) => instance.hasRoute?.({ method, url: path }));
  }
}
