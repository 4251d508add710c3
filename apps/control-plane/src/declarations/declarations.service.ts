import { Injectable } from '@nestjs/common';
import { MassFailureDirectory } from '../mass-failures/mass-failure.directory.js';
import { CheckPlanner } from './check.planner.js';
import { Draft, type Plan } from './plan.js';
import { ProviderPlanner } from './provider.planner.js';
import type { DeclaredAcknowledgement } from './reading/declared-entries.js';
import type { Declarations } from './reading/read-declarations.js';

/** Steps that are done at a time; they become durable together. */
const AT_A_TIME = 200;

/** Plans declarations, and carries plans out. */
@Injectable()
export class DeclarationsService {
  constructor(
    private readonly checkPlanner: CheckPlanner,
    private readonly providerPlanner: ProviderPlanner,
    private readonly massFailures: MassFailureDirectory,
  ) {}

  /** Plans what would be done now, and does nothing. @throws VitalsError `store-unavailable` */
  async plan({ checks, providers, acknowledgements }: Declarations): Promise<Plan> {
    const draft = new Draft();
    this.checkPlanner.plan(checks, draft);
    await this.providerPlanner.plan(providers, draft);
    this.planAcknowledgements(acknowledgements, draft);
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
        const done = await Promise.allSettled(stage.slice(at, at + AT_A_TIME).map(async (step) => step()));
        for (const each of done) if (each.status === 'rejected') throw each.reason;
      }
    }
  }

  /**
   * Plans the end of mass failures that are acknowledged: of the one that began then, and of no later one. An entry
   * that names none that goes on does nothing, so that it may stay in the file.
   */
  private planAcknowledgements(declared: readonly DeclaredAcknowledgement[], draft: Draft): void {
    const secondOf = (epochMs: number): number => Math.floor(epochMs / 1_000);
    const keys = new Set<number>();
    for (const { kind, zone, beganAtMs } of declared) {
      const failure = this.massFailures.ongoing(kind, zone);
      if (!failure || keys.has(failure.key) || secondOf(failure.beganAtMs) !== secondOf(beganAtMs)) {
        draft.unchanged++;
        continue;
      }
      keys.add(failure.key);
      const fields = [{ pointer: '/state', from: 'ongoing', to: 'acknowledged' }];
      draft.change.push({ kind: 'mass-failure', id: String(failure.key), fields });
    }
    draft.stages.push([...keys].map((key) => () => this.massFailures.acknowledge(key)));
  }
}
