import {
  type handleUnaryCall,
  type sendUnaryData,
  type Server,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { Clock } from '@vitals/core/time';
import { HealthRegistry } from '../discovery/health.registry.js';
import { HealthEvents } from '../health.events.js';
import {
  GRPC_HEALTH_MODULE_OPTIONS,
  type GrpcHealthModuleOptions,
  readOptions,
} from './grpc-health.module-options.js';
import type { HealthCheckRequest, HealthCheckResponse, HealthListResponse } from '@vitals/core/grpc';
import { ServiceCatalog, servingStatus } from './service-catalog.js';
import { DAPR_APP_HEALTH_SERVICE, GRPC_HEALTH_SERVICE } from './service-definitions.js';
import { StatusWatch, type WatchSources } from './status-watch.js';
import { type WatchCall, WatchStream } from './watch-stream.js';

/** How many services `List` answers with at most. */
const MAX_LISTED = 100;

/** A status other than OK that a call ends with. */
interface Refusal {
  readonly code: status;
  readonly details: string;
}

/** Which services `GrpcHealth.addTo` adds. */
export interface GrpcHealthServices {
  /** Whether Dapr's app health is one of them; default as `GrpcHealthModule.forRoot` has it, else true. */
  readonly dapr?: boolean;
}

/**
 * Serves the app's health on gRPC servers as `grpc.health.v1`
 * (https://github.com/grpc/grpc/blob/master/doc/health-checking.md), and to a Dapr sidecar. Only statuses leave the
 * process.
 */
@Injectable()
export class GrpcHealth {
  private readonly logger = new Logger('GrpcHealth');
  private readonly watches = new Map<string, StatusWatch>();
  private readonly sources: WatchSources;

  constructor(
    private readonly catalog: ServiceCatalog,
    private readonly clock: Clock,
    events: HealthEvents,
    registry: HealthRegistry,
    @Optional() @Inject(GRPC_HEALTH_MODULE_OPTIONS) private readonly options?: GrpcHealthModuleOptions,
  ) {
    this.sources = { catalog, events, clock, everyMs: readOptions(options ?? { port: false }).watchEveryMs };
    registry.onChange((_event, check) => {
      for (const watch of this.watches.values()) watch.onRegistry(check);
    });
  }

  /**
   * Adds health to a server, before or after it was bound; in Nest's gRPC transport from
   * `onLoadPackageDefinition`. `tryShutdown` of this server then ends its watches, for which it would wait forever.
   * @throws Error if the server has such a service already
   */
  addTo(server: Server, { dapr = this.options?.dapr ?? true }: GrpcHealthServices = {}): void {
    const streams = new Set<WatchStream>();
    let ending = false;
    const end = (stream: WatchStream): void => {
      stream.tell('NOT_SERVING');
      stream.end('the server shuts down');
    };
    server.addService(GRPC_HEALTH_SERVICE, {
      Check: this.unary<HealthCheckRequest, HealthCheckResponse>(({ service }) => this.check(service)),
      List: this.unary<object, HealthListResponse>(() => this.list()),
      Watch: (call: WatchCall) => {
        const stream = this.watch(call, () => streams.delete(stream));
        streams.add(stream);
        if (ending) end(stream);
      },
    } satisfies UntypedServiceImplementation);
    if (dapr) {
      server.addService(DAPR_APP_HEALTH_SERVICE, {
        HealthCheck: this.unary<object, object>(() => this.appHealth()),
      } satisfies UntypedServiceImplementation);
    }
    const tryShutdown = server.tryShutdown.bind(server);
    server.tryShutdown = (callback) => {
      ending = true;
      for (const stream of streams) end(stream);
      tryShutdown(callback);
    };
  }

  /** How many services are watched by somebody. */
  get watched(): number {
    return this.watches.size;
  }

  private async check(service: string): Promise<HealthCheckResponse | Refusal> {
    const report = await this.catalog.answer(service);
    if (!report) return { code: status.NOT_FOUND, details: 'there is no such service' };
    return { status: servingStatus(report) };
  }

  /** What Dapr is to give the app work by: its readiness. A sidecar takes any status but OK for unhealthy. */
  private async appHealth(): Promise<object | Refusal> {
    const report = await this.catalog.answer('readiness');
    return servingStatus(report) === 'SERVING'
      ? {}
      : { code: status.UNAVAILABLE, details: 'the app is not ready' };
  }

  private async list(): Promise<HealthListResponse | Refusal> {
    const names = this.catalog.names();
    if (names.length > MAX_LISTED)
      return { code: status.RESOURCE_EXHAUSTED, details: `there are more than ${MAX_LISTED} services` };
    const reports = names.map(
      async (name) => [name, servingStatus(await this.catalog.answer(name))] as const,
    );
    return { statuses: new Map(await Promise.all(reports)) };
  }

  private watch(call: WatchCall, onGone: () => void): WatchStream {
    const { service } = call.request;
    const watch = this.watches.get(service) ?? new StatusWatch(service, this.sources);
    this.watches.set(service, watch);
    const stream = new WatchStream(call, this.clock, () => {
      onGone();
      watch.remove(stream);
      if (watch.size > 0) return;
      watch.close();
      this.watches.delete(service);
    });
    watch.add(stream);
    return stream;
  }

  private unary<Q, A extends object>(answer: (request: Q) => Promise<A | Refusal>): handleUnaryCall<Q, A> {
    return ({ request }, callback) => void this.reply(answer(request), callback);
  }

  private async reply<A extends object>(
    answer: Promise<A | Refusal>,
    callback: sendUnaryData<A>,
  ): Promise<void> {
    const given = await answer.catch((error: unknown) => this.failed(error));
    if ('code' in given) callback(given);
    else callback(null, given);
  }

  private failed(error: unknown): Refusal {
    const details = 'no health answer could be formed';
    this.logger.error(details, error instanceof Error ? error.stack : String(error));
    return { code: status.INTERNAL, details };
  }
}
