import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  componentItem,
  componentList,
  componentsHealth,
  type ComponentState,
  emptyAnswer,
  type HealthDetail,
  healthz,
  type HealthKind,
  microProfile,
  outboundHealth,
  problemAnswer,
  type WireAnswer,
} from '@vitals/core/health';
import { Clock } from '@vitals/core/time';
import { AvailabilityState } from '../availability-state.js';
import { HealthRegistry } from '../discovery/health.registry.js';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { HealthService } from '../health.service.js';

/** A request for health, before any HTTP framework. */
export interface HealthRequest {
  /** Whether who asks is on this machine and was not forwarded. */
  readonly local: boolean;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Forms the answer to every kind of health request; what it forms is plain data. */
@Injectable()
export class HealthResponder {
  constructor(
    private readonly service: HealthService,
    private readonly registry: HealthRegistry,
    private readonly availability: AvailabilityState,
    private readonly clock: Clock,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  /** All checks, or those of a kind, in the format of MicroProfile. */
  async health(request: HealthRequest, kind?: HealthKind): Promise<WireAnswer> {
    return microProfile(await this.service.report({ kind }), this.detailFor(request));
  }

  /** The checks of one group; 404 if no check is in it. */
  async group(request: HealthRequest): Promise<WireAnswer> {
    const group = request.params['name'] as string;
    if (!this.registry.hasGroup(group)) return notFound(`there is no health group ${JSON.stringify(group)}`);
    return microProfile(await this.service.report({ group }), this.detailFor(request));
  }

  /** The checks with one declared name or identity; 404 if there is none. */
  async check(request: HealthRequest): Promise<WireAnswer> {
    const name = request.params['name'] as string;
    const report = await this.service.reportNamed(name);
    return report
      ? microProfile(report, this.detailFor(request))
      : notFound(`there is no health check ${JSON.stringify(name)}`);
  }

  /** Dapr's healthz: no check is run unless `components=true` asks for it. */
  async healthz({ query }: HealthRequest): Promise<WireAnswer> {
    const asked = {
      appid: query.get('appid') ?? undefined,
      components: query.get('components') ?? undefined,
    };
    const state = { notReady: this.availability.notReady(), appId: this.options.appId ?? 'app' };
    return healthz(asked, state) ?? componentsHealth(this.withMessages(await this.service.components()));
  }

  /** Dapr's `healthz/outbound`. */
  outbound(): WireAnswer {
    return outboundHealth(this.availability.outboundNotReady());
  }

  /** All components, healthy ones too. */
  async components(request: HealthRequest): Promise<WireAnswer> {
    return componentList(await this.service.components(), this.clock.wallMs(), this.detailFor(request));
  }

  /** One component, by full type and name; 404 if there is none. */
  async component(request: HealthRequest): Promise<WireAnswer> {
    const { type, name } = request.params as { type: string; name: string };
    const state = await this.service.component(type, name);
    return state
      ? componentItem(state, this.clock.wallMs(), this.detailFor(request))
      : notFound(`there is no component of type ${JSON.stringify(type)} named ${JSON.stringify(name)}`);
  }

  private detailFor({ local }: HealthRequest): HealthDetail {
    const detail = this.options.detail ?? 'auto';
    return detail === 'auto' ? (local ? 'full' : 'names') : detail;
  }

  private withMessages(states: ComponentState[]): ComponentState[] {
    if (this.options.messages !== 'withheld') return states;
    return states.map((state) => ({ ...state, message: state.message && 'withheld' }));
  }
}

/** The answer to a method that a health endpoint does not know. */
export function methodNotAllowed(): WireAnswer {
  return problemAnswer(405, 'Method Not Allowed', 'health is read with GET or HEAD', { allow: 'GET, HEAD' });
}

/** The answer when no answer could be formed. */
export function failedToAnswer(): WireAnswer {
  return emptyAnswer(500);
}

function notFound(message: string): WireAnswer {
  return problemAnswer(404, 'Not Found', message);
}
