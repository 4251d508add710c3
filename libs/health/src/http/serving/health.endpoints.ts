import { METHODS } from 'node:http';
import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../../health.module-options.js';
import type { AppRoute } from '../shadowing/controller.routes.js';
import { ShadowedRoutes } from '../shadowing/shadowed-routes.js';
import { HealthExchange } from './health.exchange.js';
import {
  type FrameworkRequest,
  type FrameworkResponse,
  nodeRequestOf,
  nodeResponseOf,
  send,
} from './framework-exchange.js';
import { RequestTurns } from './request-turns.js';

type Handler = (request: FrameworkRequest, response: FrameworkResponse, next: () => void) => void;

/** The part of a Fastify instance that is used here. */
interface FastifyInstance {
  readonly supportedMethods: readonly string[];
  addHook(name: 'onRequest', hook: Handler): void;
  addHook(
    name: 'onRoute',
    hook: (route: { readonly method: string | string[]; readonly url: string }) => void,
  ): void;
}

/** The part of an Express application that lists its routes. */
interface ExpressApplication {
  readonly router?: {
    readonly stack: readonly {
      readonly route?: {
        readonly path: unknown;
        readonly methods?: Readonly<Record<string, boolean>>;
        readonly stack?: readonly { readonly handle: { readonly length: number } }[];
      };
    }[];
  };
}

/**
 * Serves health on the app's HTTP adapter for requests that do not come through its server, where `ProbeListener`
 * answers them: those that are injected, and those of serverless platforms. Beside Nest's router: global prefixes,
 * versions, guards, pipes, interceptors and filters of the app are for its API, and must not keep a probe from its
 * answer. It comes before everything that is registered later.
 */
@Injectable()
export class HealthEndpoints implements OnModuleInit {
  private readonly turns = new RequestTurns();
  private readonly ofFastify: AppRoute[] = [];
  private attached = false;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly exchange: HealthExchange,
    private readonly shadowed: ShadowedRoutes,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {
    // an app under test is given its adapter after its providers
    this.attach();
    if (!this.attached) host.init$?.subscribe(() => this.attach());
  }

  /** @throws VitalsError `declaration-invalid` if a route of the app would never be asked */
  onModuleInit(): void {
    this.attach();
    if (this.attached) this.shadowed.refuse([...this.ofFastify, ...this.ofExpress()]);
  }

  private attach(): void {
    const type = this.adapterType();
    if (this.attached || type === undefined || this.options.port !== undefined) return;
    this.attached = true;
    const handle: Handler = (request, response, next) => this.handle(request, response, next);
    if (type === 'express') this.host.httpAdapter.use(handle);
    if (type !== 'fastify') return;
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onRequest', handle);
    fastify.addHook('onRoute', ({ method, url }) =>
      this.ofFastify.push({
        owner: undefined,
        method: methodsOf([method].flat(), fastify.supportedMethods),
        path: url,
      }),
    );
  }

  /** Workers and microservices have no adapter, or one of no type. */
  private adapterType(): string | undefined {
    const adapter = this.host.httpAdapter as typeof this.host.httpAdapter | undefined;
    return adapter?.getType?.() || undefined;
  }

  private handle(request: FrameworkRequest, response: FrameworkResponse, next: () => void): void {
    const asked = nodeRequestOf(request);
    const found = this.exchange.find(request.originalUrl ?? asked.url);
    if (!found) return next();
    const server = this.host.httpAdapter.getHttpServer();
    return this.turns.take(asked, nodeResponseOf(response), () =>
      this.exchange.handle(found, asked, server, (answer) => send(response, answer)),
    );
  }

  private ofExpress(): AppRoute[] {
    if (this.adapterType() !== 'express') return [];
    const { router } = this.host.httpAdapter.getInstance<ExpressApplication>();
    return (router?.stack ?? []).flatMap(({ route }) =>
      [route?.path].flat().flatMap((path) => {
        if (typeof path !== 'string') return [];
        const methods = Object.keys(route?.methods ?? {}).map((method) => method.toUpperCase());
        // who takes `next` passes requests on, as a middleware of Nest for one method does
        const passesOn = (route?.stack ?? []).every(({ handle }) => handle.length > 2);
        return [{ owner: undefined, method: methodsOf(methods, METHODS), path, passesOn }];
      }),
    );
  }
}

/** `ALL` of a route that takes every method there is. */
function methodsOf(methods: readonly string[], every: readonly string[]): string {
  return every.every((method) => methods.includes(method)) ? 'ALL' : methods.join('|');
}
