import { Injectable } from '@nestjs/common';
import { CheckService } from '../checks/check.service.js';
import { MassFailureLog } from '../mass-failures/mass-failure.log.js';
import { OrdersService } from '../providers/orders/orders.service.js';
import { ProviderLimit } from '../providers/registration/provider.limit.js';
import { RegistrationService } from '../providers/registration/registration.service.js';
import type { Declarations } from './declarations.js';
import { CheckPlanner, declaredDefinition } from './planning/check.planner.js';
import { Draft, type Plan, type Step } from './planning/plan.js';
import { planAcknowledgements } from './planning/acknowledgement.planner.js';
import { ProviderPlanner } from './planning/provider.planner.js';

/** Steps that are done at a time; they become durable together. */
const AT_A_TIME = 200;

/** Makes what is declared come true. */
@Injectable()
export class DeclarationsService {
  constructor(
    private readonly checkPlanner: CheckPlanner,
    private readonly providerPlanner: ProviderPlanner,
    private readonly checks: CheckService,
    private readonly registrations: RegistrationService,
    private readonly orders: OrdersService,
    private readonly limit: ProviderLimit,
    private readonly massFailures: MassFailureLog,
  ) {}

  /** What would be done now; nothing is. @throws VitalsError `store-unavailable` */
  async plan({ checks, providers, acknowledgements }: Declarations): Promise<Plan> {
    const draft = new Draft();
    this.checkPlanner.plan(checks, draft);
    await this.providerPlanner.plan(providers, draft);
    planAcknowledgements(acknowledgements, this.massFailures, draft);
    return draft.plan;
  }

  /**
   * Does what a plan without faults says; it should have been made just now. Not all of it may be done when it
   * throws; planned and carried out again, the rest is.
   * @throws VitalsError `store-unavailable`, `overloaded`, or why a single step was refused
   */
  async carryOut({ stages }: Plan): Promise<void> {
    for (const stage of stages) {
      for (let at = 0; at < stage.length; at += AT_A_TIME) {
        const done = await Promise.allSettled(stage.slice(at, at + AT_A_TIME).map((step) => this.do(step)));
        for (const each of done) if (each.status === 'rejected') throw each.reason;
      }
    }
  }

  private async do(step: Step): Promise<void> {
    switch (step.kind) {
      case 'define': {
        const { check } = step;
        await this.checks.defineBy(check.id, (known) => declaredDefinition(check, known?.definition), 'file');
        return;
      }
      case 'remove-check':
        return this.checks.remove(step.id, 'file');
      case 'register':
        this.limit.assertRoomFor(step.registration.name);
        await this.registrations.register(step.registration, { withToken: false, onlyNew: false });
        return;
      case 'cordon':
        await (step.cordoned ? this.orders.cordon(step.name) : this.orders.uncordon(step.name));
        return;
      case 'acknowledge':
        await this.massFailures.acknowledge(step.key);
        return;
      default:
        step satisfies never;
    }
  }
}
