import { Inject, Injectable, Optional } from '@nestjs/common';
import type { HealthKind, WireAnswer } from '@vitals/core/health';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { type HealthRequest, HealthResponder } from './health.responder.js';

/** One path of health; `:name` stands for one segment, which the request carries in `params`. */
export interface HealthRoute {
  readonly path: string;
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
export class HealthRoutes {
  constructor(
    private readonly responder: HealthResponder,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  /** Every path once; fixed ones before those with parameters that would match them too. */
  all(): HealthRoute[] {
    const routes = [...this.microProfile(), ...this.kubernetes(), ...this.dapr()];
    return routes.map(({ path, answer }) => ({ path: `${this.options.prefix ?? ''}${path}`, answer }));
  }

  private microProfile(): HealthRoute[] {
    const { responder } = this;
    const { health = '/health', metrics = `${health || ''}/metrics` } = this.options.endpoints ?? {};
    const routes: HealthRoute[] = [];
    if (health !== false) {
      routes.push({ path: health, answer: (request) => responder.health(request) });
      for (const [path, kind] of KIND_PATHS)
        routes.push({ path: `${health}/${path}`, answer: (request) => responder.health(request, kind) });
      routes.push({ path: `${health}/group/:name`, answer: (request) => responder.group(request) });
      routes.push({ path: `${health}/check/:name`, answer: (request) => responder.check(request) });
    }
    if (metrics !== false && (health !== false || this.options.endpoints?.metrics)) {
      routes.push({ path: metrics, answer: (request) => responder.metrics(request) });
    }
    return routes;
  }

  private kubernetes(): HealthRoute[] {
    const { responder } = this;
    const { livez = '/livez', readyz = '/readyz' } = this.options.endpoints ?? {};
    const served: readonly (readonly [string | false, HealthKind])[] = [
      [livez, 'liveness'],
      [readyz, 'readiness'],
    ];
    return served.flatMap(([path, kind]) =>
      path === false
        ? []
        : [
            { path, answer: (request) => responder.kubernetes(request, kind) },
            { path: `${path}/:name`, answer: (request) => responder.kubernetesCheck(request, kind) },
          ],
    );
  }

  private dapr(): HealthRoute[] {
    const { responder } = this;
    const { healthz = ['/v1.0/healthz', '/healthz'], components = ['/health/components'] } =
      this.options.endpoints ?? {};
    return [
      ...(healthz || []).flatMap((path): HealthRoute[] => [
        { path, answer: (request) => responder.healthz(request) },
        { path: `${path}/outbound`, answer: () => responder.outbound() },
      ]),
      ...(components || []).flatMap((path): HealthRoute[] => [
        { path, answer: (request) => responder.components(request) },
        { path: `${path}/:type/:name`, answer: (request) => responder.component(request) },
      ]),
    ];
  }
}
