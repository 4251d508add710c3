import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import type { HealthKind, WireAnswer } from '@vitals/core/health';
import { refuseEqual } from '@vitals/core/options';
import {
  HEALTH_MODULE_OPTIONS,
  type HealthEndpointPaths,
  type HealthModuleOptions,
} from '../health.module-options.js';
import { DaprResponder } from './dapr.responder.js';
import type { HealthRequest } from './health.access.js';
import { plainPath } from './health.paths.js';
import { HealthResponder } from './health.responder.js';

/** One path of health; `:name` stands for one segment, which the request carries in `params`. */
export interface HealthRoute {
  readonly path: string;
  /** The option that moves it, or switches it off. */
  readonly endpoint: keyof HealthEndpointPaths;
  readonly answer: (request: HealthRequest) => WireAnswer | Promise<WireAnswer>;
}

type Adding = (endpoint: HealthRoute['endpoint'], path: string, answer: HealthRoute['answer']) => void;

const KIND_PATHS: readonly (readonly [string, HealthKind])[] = [
  ['live', 'liveness'],
  ['ready', 'readiness'],
  ['started', 'startup'],
  ['well', 'wellness'],
];

/** Which paths there are, by what the module was told; where they are served is not its concern. */
@Injectable()
export class HealthRoutes implements OnModuleInit {
  constructor(
    private readonly responder: HealthResponder,
    private readonly daprResponder: DaprResponder,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  /** @throws VitalsError `declaration-invalid` if two endpoints have one path, naming both options */
  onModuleInit(): void {
    refuseEqual(
      this.all(),
      ({ path }) => plainPath(path).replaceAll(/:\w+/g, ':'),
      (first, { endpoint, path }) =>
        `HealthModule.forRoot: endpoints.${first.endpoint} and endpoints.${endpoint} both serve ${plainPath(path)}; ` +
        'give one of them another path, or switch it off with false',
    );
  }

  /** Every path once; fixed ones before those with parameters that would match them too. */
  all(): HealthRoute[] {
    const routes: HealthRoute[] = [];
    const add: Adding = (endpoint, path, answer) =>
      void routes.push({ endpoint, path: `${this.options.prefix ?? ''}${path}`, answer });
    const endpoints = this.options.endpoints ?? {};
    this.addMicroProfile(add, endpoints);
    this.addKubernetes(add, endpoints);
    this.addDapr(add, endpoints);
    return routes;
  }

  private addMicroProfile(add: Adding, endpoints: HealthEndpointPaths): void {
    const { responder } = this;
    const { health = '/health', metrics = `${health || ''}/metrics` } = endpoints;
    if (health !== false) {
      add('health', health, (request) => responder.health(request));
      for (const [path, kind] of KIND_PATHS)
        add('health', `${health}/${path}`, (request) => responder.health(request, kind));
      add('health', `${health}/group/:name`, (request) => responder.group(request));
      add('health', `${health}/check/:name`, (request) => responder.check(request));
    }
    if (metrics !== false && (health !== false || endpoints.metrics))
      add('metrics', metrics, (request) => responder.metrics(request));
  }

  private addKubernetes(add: Adding, { livez = '/livez', readyz = '/readyz' }: HealthEndpointPaths): void {
    const { responder } = this;
    const served = [
      ['livez', livez, 'liveness'],
      ['readyz', readyz, 'readiness'],
    ] as const;
    for (const [endpoint, path, kind] of served) {
      if (path === false) continue;
      add(endpoint, path, (request) => responder.kubernetes(request, kind));
      add(endpoint, `${path}/:name`, (request) => responder.kubernetesCheck(request, kind));
    }
  }

  private addDapr(add: Adding, endpoints: HealthEndpointPaths): void {
    const { daprResponder: responder } = this;
    const { healthz = ['/v1.0/healthz', '/healthz'], components = ['/health/components'] } = endpoints;
    for (const path of healthz || []) {
      add('healthz', path, (request) => responder.healthz(request));
      add('healthz', `${path}/outbound`, (request) => responder.outbound(request));
    }
    for (const path of components || []) {
      add('components', path, (request) => responder.components(request));
      add('components', `${path}/:type/:name`, (request) => responder.component(request));
    }
  }
}
