import { Injectable } from '@nestjs/common';
import { type CheckDefinition, DEFAULT_CHECK_POLICY, startCheck } from '@vitals/core/probe';
import { Clock, RunningClock } from '@vitals/core/time';
import type { Change } from '../persistence/change.js';
import type { StoredCheck, StoredService } from '../persistence/check.change.js';
import { checkIdOf } from '../services/check-id.js';
import { httpTargetOf } from '../services/health-url.js';
import { type PlannedChange, ServiceChecks } from '../services/service.checks.js';
import { ServiceDirectory } from '../services/service.directory.js';
import { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';
import { isFailing, isSameKept, planPardon } from './check.reset.js';
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
    const stated = definitionOf(service);
    if (!stated) return known ? this.endOf(known, 'registered again without a check') : NOTHING;
    if (!known) return this.creationOf(service, stated);
    // a pause is an order of an operator, which its service knows nothing of
    const definition = { ...stated, paused: known.definition.paused };
    if (isFailing(known.state)) return this.pardonOf(known, definition);
    return isSameKept(known.definition, definition) ? NOTHING : this.redefinitionOf(known, definition);
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

  private pardonOf(check: Check, definition: CheckDefinition): PlannedChange {
    const { changes, apply } = planPardon(check, definition, this.clock, this.running);
    return {
      changes: [this.definitionChange(check, definition), ...changes],
      apply: () => {
        apply();
        this.directory.noteChange(check, 'defined');
      },
    };
  }

  /** What does not fail goes on as it was found; that it is looked at in another way is no failure. */
  private redefinitionOf(check: Check, definition: CheckDefinition): PlannedChange {
    return {
      changes: [this.definitionChange(check, definition)],
      apply: () => {
        const nowMs = this.running.nowMs();
        if (isSameKept(check.definition.target, definition.target)) check.redefine(definition, nowMs);
        else check.redirect(definition, nowMs);
        this.directory.noteChange(check, 'defined');
      },
    };
  }

  private definitionChange(check: Check, definition: CheckDefinition): Change {
    return { kind: 'check', check: { ...check.stored(), definition }, sinceMs: check.sinceMs };
  }

  private endOf(check: Check, cause: string): PlannedChange {
    const transition = removalOf(check, cause, this.clock.wallMs(), this.running.nowMs());
    return {
      changes: [{ kind: 'check-transitions', transitions: [transition] }],
      apply: () => {
        this.directory.remove(check);
        if (check.service) check.service.critical = false;
      },
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
