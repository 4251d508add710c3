import { Injectable } from '@nestjs/common';
import { type CheckDefinition, DEFAULT_CHECK_POLICY, startCheck } from '@vitals/core/probe';
import { Clock, RunningClock } from '@vitals/core/time';
import type { StoredCheck, StoredService } from '../persistence/check.change.js';
import { checkIdOf } from '../services/check-id.js';
import { httpTargetOf } from '../services/health-url.js';
import { type PlannedChange, ServiceChecks } from '../services/service.checks.js';
import { ServiceDirectory } from '../services/service.directory.js';
import { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';
import { planReset } from './check.reset.js';
import { removalOf } from './check.service.js';

const NOTHING: PlannedChange = { changes: [], apply: () => undefined };

/** The checks of registered services: one for each node that asks for one. */
@Injectable()
export class RegisteredChecks extends ServiceChecks {
  constructor(
    private readonly directory: CheckDirectory,
    private readonly services: ServiceDirectory,
    private readonly clock: Clock,
    private readonly running: RunningClock,
  ) {
    super();
  }

  define(service: StoredService): PlannedChange {
    const known = this.directory.find(checkIdOf(service));
    const definition = definitionOf(service);
    if (!definition) return known ? this.endOf(known, 'registered again without a check') : NOTHING;
    return known ? this.resetOf(known, definition) : this.creationOf(service, definition);
  }

  end(service: StoredService): PlannedChange {
    const known = this.directory.find(checkIdOf(service));
    return known ? this.endOf(known, 'deregistered') : NOTHING;
  }

  private creationOf(service: StoredService, definition: CheckDefinition): PlannedChange {
    const sinceMs = this.clock.wallMs();
    const key = this.directory.nextKey();
    const check: StoredCheck = {
      key,
      definition,
      source: 'service',
      serviceKey: service.key,
      createdAtMs: sinceMs,
    };
    return {
      changes: [{ kind: 'check', check, sinceMs }],
      apply: () => this.begin(check, sinceMs),
    };
  }

  private begin(check: StoredCheck, sinceMs: number): void {
    const service = this.services.ofKey(check.serviceKey as number);
    const state = startCheck(check.definition, this.running.nowMs());
    this.directory.add(new Check(check, service, { state, sinceMs }));
  }

  private resetOf(check: Check, definition: CheckDefinition): PlannedChange {
    const reset = planReset(check, definition, 'registered again', this.clock, this.running);
    const stored = { ...check.stored(), definition };
    return {
      changes: [{ kind: 'check', check: stored, sinceMs: check.sinceMs }, ...reset.changes],
      apply: () => {
        // it may have been removed for its failures while this was written: the store has it again
        if (check.removed) return this.begin(stored, this.clock.wallMs());
        reset.apply();
        this.directory.noteChange(check, 'defined');
      },
    };
  }

  private endOf(check: Check, cause: string): PlannedChange {
    const transition = removalOf(check, cause, this.clock.wallMs(), this.running.nowMs());
    return {
      changes: [{ kind: 'check-transitions', transitions: [transition] }],
      apply: () => this.directory.remove(check),
    };
  }
}

function definitionOf(service: StoredService): CheckDefinition | undefined {
  const { check, name } = service;
  if (!check) return undefined;
  return {
    ...DEFAULT_CHECK_POLICY,
    id: checkIdOf(service),
    ...(name !== undefined && { name }),
    // HTTP when there is a health path, otherwise a TTL (the seed's rule)
    target: httpTargetOf(service) ?? { kind: 'ttl' },
    intervalMs: check.interval,
    deregisterAfterMs: check.deregisterCriticalServiceAfter,
    maintenance: [],
    labels: {},
    paused: false,
  };
}
