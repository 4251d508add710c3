import type { CheckDefinition, InstancePlace, MaintenanceWindow } from '@vitals/core/check';
import type { RegisteredCheck } from '../../../../apps/control-plane/src/services/service.rows.js';

/** What is the matter with a service, by itself. */
export type Trouble = 'none' | 'down' | 'slow' | 'denied' | 'silent' | 'failing by message' | 'passes lost';

/** What there is to be found: `denied` and `failing` whatever the trouble is called. */
export type Truth = 'up' | 'failing' | 'denied';

/** What a service and its check are, for good. */
export interface ServicePlan {
  readonly index: number;
  /** Of its check. */
  readonly id: string;
  readonly isTtl: boolean;
  /** Registered through the registry; otherwise a check of the API. */
  readonly node: (InstancePlace & { readonly check: RegisteredCheck }) | undefined;
  readonly definition: CheckDefinition;
  /** From one pass of a TTL to the next, in milliseconds. */
  readonly cadenceMs: number;
}

/** A service as it is, which the control plane can only look at. Points of time are those of the engine. */
export class SimulatedService {
  trouble: Trouble = 'none';
  /** Its tag fails as a whole. */
  inMassFailure = false;
  /** It was stopped for good, and nobody deregistered it. */
  stopped = false;
  /** Since when the truth is what it is. */
  sinceMs = 0;
  /** When it was failing last; `undefined` while it is, or never was. */
  failedUntilMs: number | undefined;
  /** It was deregistered on purpose, and does not want to be registered. */
  gone = false;
  /** The number of its last request; those before it are given up. */
  request = 0;

  constructor(readonly plan: ServicePlan) {}

  get truth(): Truth {
    if (this.stopped) return 'failing';
    if (this.trouble === 'denied') return 'denied';
    return this.inMassFailure || this.trouble !== 'none' ? 'failing' : 'up';
  }

  get windows(): readonly MaintenanceWindow[] {
    return this.plan.definition.maintenance;
  }

  get tag(): string | undefined {
    return this.plan.node?.tag;
  }
}
