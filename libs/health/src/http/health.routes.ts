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
    const routes = [...this.microProfile(), ...this.kubernetes(), ...this.dapr()];
    return routes.map((route) => ({ ...route, path: `${this.options.prefix ?? ''}${route.path}` }));
  }

  private microProfile(): HealthRoute[] {
    const { responder } = this;
    const { health = '/health', metrics = `${health || ''}/metrics` } = this.options.endpoints ?? {};
    const routes: HealthRoute[] = [];
    const add = (endpoint: HealthRoute['endpoint'], path: string, answer: HealthRoute['answer']): void =>
      void routes.push({ path, endpoint, answer });
    if (health !== false) {
      add('health', health, (request) => responder.health(request));
      for (const [path, kind] of KIND_PATHS)
        add('health', `${health}/${path}`, (request) => responder.health(request, kind));
      add('health', `${health}/group/:name`, (request) => responder.group(request));
      add('health', `${health}/check/:name`, (request) => responder.check(request));
    }
    if (metrics !== false && (health !== false || this.options.endpoints?.metrics))
      add('metrics', metrics, (request) => responder.metrics(request));
    return routes;
  }

  private kubernetes(): HealthRoute[] {
    const { responder } = this;
    const { livez = '/livez', readyz = '/readyz' } = this.options.endpoints ?? {};
    const served = [
      ['livez', livez, 'liveness'],
      ['readyz', readyz, 'readiness'],
    ] as const;
    return served.flatMap(([endpoint, path, kind]): HealthRoute[] =>
      path === false
        ? []
        : [
            { endpoint, path, answer: (request) => responder.kubernetes(request, kind) },
            {
              endpoint,
              path: `${path}/:name`,
              answer: (request) => responder.kubernetesCheck(request, kind),
            },
          ],
    );
  }

  private dapr(): HealthRoute[] {
    const { daprResponder: responder } = this;
    const { healthz = ['/v1.0/healthz', '/healthz'], components = ['/health/components'] } =
      this.options.endpoints ?? {};
    return [
      ...(healthz || []).flatMap((path): HealthRoute[] => [
        { endpoint: 'healthz', path, answer: (request) => responder.healthz(request) },
        { endpoint: 'healthz', path: `${path}/outbound`, answer: (request) => responder.outbound(request) },
      ]),
      ...(components || []).flatMap((path): HealthRoute[] => [
        { endpoint: 'components', path, answer: (request) => responder.components(request) },
        {
          endpoint: 'components',
          path: `${path}/:type/:name`,
          answer: (request) => responder.component(request),
        },
      ]),
    ];
  }
}
