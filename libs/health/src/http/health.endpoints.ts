import { Inject, Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { VitalsError } from '@vitals/core/errors';
import type { HealthKind, WireAnswer } from '@vitals/core/health';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { failedToAnswer, type HealthRequest, HealthResponder, methodNotAllowed } from './health.responder.js';
import {
  type FrameworkRequest,
  type FrameworkResponse,
  nodeRequestOf,
  readRequest,
  send,
} from './http-exchange.js';

type Answer = (request: HealthRequest) => WireAnswer | Promise<WireAnswer>;

const KIND_PATHS: readonly (readonly [string, HealthKind])[] = [
  ['live', 'liveness'],
  ['ready', 'readiness'],
  ['started', 'startup'],
  ['well', 'wellness'],
];

/** Every method is answered at a health path, so that a wrong one gives 405. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The part of a Fastify instance that tells whether the app has a route already. */
interface RouteTable {
  hasRoute?(route: { method: string; url: string }): boolean;
}

/**
 * Serves health straight on the HTTP adapter, beside Nest's router: global prefixes, versions, guards, pipes,
 * interceptors and filters of the app are for its API, and must not keep a probe from its answer.
 */
@Injectable()
export class HealthEndpoints implements OnModuleInit {
  private readonly logger = new Logger('HealthModule');

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly responder: HealthResponder,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  onModuleInit(): void {
    if (!this.host.httpAdapter) return;
    for (const [path, answer] of this.routes()) this.mount(path, answer);
  }

  private routes(): [string, Answer][] {
    const { responder } = this;
    const {
      health = '/health',
      healthz = ['/v1.0/healthz', '/healthz'],
      components = ['/health/components'],
    } = this.options.endpoints ?? {};
    const routes: [string, Answer][] = [];
    if (health !== false) {
      routes.push([health, (request) => responder.health(request)]);
      for (const [path, kind] of KIND_PATHS)
        routes.push([`${health}/${path}`, (request) => responder.health(request, kind)]);
      routes.push([`${health}/group/:name`, (request) => responder.group(request)]);
      routes.push([`${health}/check/:name`, (request) => responder.check(request)]);
    }
    for (const path of components || []) {
      routes.push([path, (request) => responder.components(request)]);
      routes.push([`${path}/:type/:name`, (request) => responder.component(request)]);
    }
    for (const path of healthz || []) {
      routes.push([path, (request) => responder.healthz(request)]);
      routes.push([`${path}/outbound`, () => responder.outbound()]);
    }
    return routes;
  }

  private mount(path: string, answer: Answer): void {
    const instance = this.host.httpAdapter.getInstance<RouteTable>();
    const taken = METHODS.find((method) => instance.hasRoute?.({ method, url: path }));
    if (taken) {
      throw new VitalsError(
        'declaration-invalid',
        `the app has a route ${taken} ${path} of its own; move or switch off that of HealthModule.forRoot({ endpoints })`,
      );
    }
    this.host.httpAdapter.all(path, (request: FrameworkRequest, response: FrameworkResponse) =>
      this.exchange(request, response, answer),
    );
  }

  private async exchange(
    request: FrameworkRequest,
    response: FrameworkResponse,
    answer: Answer,
  ): Promise<void> {
    const method = nodeRequestOf(request).method ?? 'GET';
    if (method !== 'GET' && method !== 'HEAD') return send(response, methodNotAllowed());
    try {
      send(response, await answer(readRequest(request, this.host.httpAdapter.getHttpServer())));
    } catch (error) {
      this.logger.error(
        'no health answer could be formed',
        error instanceof Error ? error.stack : String(error),
      );
      send(response, failedToAnswer());
    }
  }
}
