import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  componentItem,
  componentList,
  componentsHealth,
  type ComponentState,
  type HealthDetail,
  healthz,
  outboundHealth,
  readApproach,
  type WireAnswer,
} from '@vitals/core/health';
import { AvailabilityState } from '../availability-state.js';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { HealthService } from '../health.service.js';
import { DetailPolicy } from './detail.policy.js';
import type { HealthRequest } from './health.access.js';
import { notFound } from './health.responder.js';
import { WITHHELD } from './report.writer.js';

/** Forms the answers of Dapr's healthz, and those about components; what it forms is plain data. */
@Injectable()
export class DaprResponder {
  constructor(
    private readonly service: HealthService,
    private readonly availability: AvailabilityState,
    private readonly policy: DetailPolicy,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  /** Dapr's healthz: no check is run unless `components=true` asks for it. */
  async healthz(request: HealthRequest): Promise<WireAnswer> {
    const { query } = request;
    const asked = {
      appid: query.get('appid') ?? undefined,
      components: query.get('components') ?? undefined,
    };
    const state = { notReady: this.availability.notReady(), appId: this.options.appId ?? 'app' };
    const brief = healthz(asked, state, 'status');
    if (brief && brief.body === undefined) return brief; // the same for all: the app need not be asked who asks
    if (brief) return healthz(asked, state, await this.policy.detailFor(request)) ?? brief;
    const [components, detail] = await this.componentsFor(request);
    // the app may have begun to refuse work while components were pinged
    const refused = healthz(asked, { ...state, notReady: this.availability.notReady() }, detail);
    if (refused) return refused;
    return componentsHealth(components, detail, readApproach(query.get('approach')));
  }

  /** Dapr's `healthz/outbound`. */
  async outbound(request: HealthRequest): Promise<WireAnswer> {
    const notReady = this.availability.outboundNotReady();
    return outboundHealth(notReady, notReady.length > 0 ? await this.policy.detailFor(request) : 'status');
  }

  /** All components, healthy ones too. */
  async components(request: HealthRequest): Promise<WireAnswer> {
    return componentList(...(await this.componentsFor(request)));
  }

  /** One component, by full type and name; 404 if there is none. */
  async component(request: HealthRequest): Promise<WireAnswer> {
    const { type, name } = request.params as { type: string; name: string };
    const [state, detail] = await Promise.all([
      this.service.component(type, name, this.service.answerWithinMs),
      this.policy.detailFor(request),
    ]);
    if (!state) {
      return notFound(`there is no component of type ${JSON.stringify(type)} named ${JSON.stringify(name)}`);
    }
    const [component] = this.withMessages([state]) as [ComponentState];
    return componentItem(component, detail);
  }

  private async componentsFor(request: HealthRequest): Promise<[ComponentState[], HealthDetail]> {
    const [states, detail] = await Promise.all([
      this.service.components(this.service.answerWithinMs),
      this.policy.detailFor(request),
    ]);
    return [this.withMessages(states), detail];
  }

  private withMessages(states: ComponentState[]): ComponentState[] {
    if (this.options.messages !== 'withheld') return states;
    return states.map((state) => ({
      ...state,
      message: state.message && WITHHELD,
      lastError: state.lastError && { ...state.lastError, message: WITHHELD },
    }));
  }
}
