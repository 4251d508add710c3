import { Injectable } from '@nestjs/common';
import {
  advance,
  type CheckDefinition,
  DEFAULT_CHECK_POLICY,
  redirectCheck,
  startCheck,
} from '@vitals/core/check';
import { Clock, RunningClock } from '@vitals/core/time';
import type { Change } from '../database/change.js';
import type { CheckTransition } from '../api-docs/schemas/checks.js';
import type { StoredCheck, StoredService } from '../database/check.change.js';
import { checkIdOf } from '../services/check-id.js';
import { httpTargetOf } from '../services/health-url.js';
import { type PlannedChange, ServiceChecks } from '../services/service.checks.js';
import { ServiceDirectory } from '../services/service.directory.js';
import { Check, type CheckBeginning } from './check.js';
import { CheckDirectory } from './check.directory.js';
import { isFailing, isSameKept, planPardon, unrun } from './check.reset.js';
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

  restore(service: StoredService): PlannedChange {
    const definition = definitionOf(service);
    if (!definition) return NOTHING;
    const { stored, changes } = this.beginningOf(service, definition);
    const atMs = this.clock.wallMs();
    const nowMs = this.running.nowMs();
    const { state, progress } = restored(definition, nowMs, atMs);
    const transition: CheckTransition = {
      kind: 'service',
      subject: definition.id,
      from: 'Removed',
      to: state.verdict,
      cause: 'it had been removed for its failures, and passes',
      atMs,
      key: stored.key,
      progress,
    };
    return {
      changes: [
        ...changes.map((change) => ({ ...change, begins: 'Removed' as const })),
        { kind: 'check-transitions', transitions: [transition] },
      ],
      apply: () => this.add(stored, { state, sinceMs: atMs, progress }),
    };
  }

  end(service: StoredService): PlannedChange {
    const known = this.directory.find(checkIdOf(service));
    return known ? this.endOf(known, 'deregistered') : NOTHING;
  }

  private creationOf(service: StoredService, definition: CheckDefinition): PlannedChange {
    const { stored, changes } = this.beginningOf(service, definition);
    const sinceMs = stored.createdAtMs;
    return {
      changes,
      apply: () => this.add(stored, { state: startCheck(definition, this.running.nowMs()), sinceMs }),
    };
  }

  private beginningOf({ key: serviceKey }: StoredService, definition: CheckDefinition) {
    const sinceMs = this.clock.wallMs();
    const key = this.directory.nextKey();
    const stored: StoredCheck = { key, definition, source: 'service', serviceKey, createdAtMs: sinceMs };
    return { stored, changes: [{ kind: 'check', check: stored, sinceMs }] as const };
  }

  private add(stored: StoredCheck, beginning: CheckBeginning): void {
    this.directory.add(new Check(stored, this.services.ofKey(stored.serviceKey as number), beginning));
  }

  private pardonOf(check: Check, definition: CheckDefinition): PlannedChange {
    const pardon = planPardon(check, definition, this.clock, this.running);
    return {
      changes: [this.definitionChange(check, definition), ...pardon.changes],
      apply: () => {
        pardon.apply();
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

/** How far the check of a node has come that was removed, and is told to pass. */
function restored(definition: CheckDefinition, nowMs: number, atMs: number) {
  const begun = startCheck(definition, nowMs);
  if (definition.target.kind !== 'ttl') {
    // whoever is looked at cannot say that it is well; the first look is due at once
    const state = redirectCheck({ ...begun, executedAtMs: nowMs }, definition, nowMs);
    return { state, progress: unrun(definition) };
  }
  const passed = { kind: 'result', outcome: 'success', startedAtMs: nowMs } as const;
  const { state } = advance(begun, passed, nowMs, definition);
  const { verdict, successes } = state;
  const result = { atMs, outcome: 'success', durationMs: 0, message: 'reported as passing' } as const;
  return {
    state,
    progress: { ...unrun(definition), verdict, successes, executedAtMs: atMs, results: [result] },
  };
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
