import { Injectable } from '@nestjs/common';
import {
  type CheckDefinition,
  checkIdOf,
  DEFAULT_CHECK_POLICY,
  type InstancePlace,
  isFailing,
} from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import type { AnyChange } from '../database/change.js';
import { Journal } from '../database/journal.js';
import { httpTargetOf } from '../services/service.instance.js';
import { ServiceChecks } from '../services/service.registry.js';
import type { StoredInstance } from '../services/service.rows.js';
import { instantOf, pardon, redirection, removal, restoration } from './check.changes.js';
import { CheckDirectory } from './check.directory.js';
import { checkDefined, type StoredCheck } from './check.rows.js';
import { transitionsOfChecks } from './check.transitions.js';

/** The checks of registered services: one for each instance that asks for one. */
@Injectable()
export class RegisteredChecks extends ServiceChecks {
  constructor(
    private readonly directory: CheckDirectory,
    private readonly journal: Journal,
    private readonly clock: RunningClock,
  ) {
    super();
  }

  define(instance: StoredInstance): readonly AnyChange[] {
    const known = this.directory.find(checkIdOf(instance));
    const stated = definitionOf(instance);
    if (!stated) {
      const cause = 'registered again without a check';
      return known ? [removal(known, cause, instantOf(this.clock), true)] : [];
    }
    if (!known) {
      const check = this.created(instance, stated);
      return [checkDefined({ check, sinceMs: check.createdAtMs })];
    }
    // a pause is an order of an operator, which its service knows nothing of
    const definition = { ...stated, paused: known.definition.paused };
    return isFailing(known.state)
      ? pardon(known, definition, instantOf(this.clock))
      : redirection(known, definition);
  }

  restore(instance: StoredInstance): readonly AnyChange[] {
    const definition = definitionOf(instance);
    return definition ? restoration(this.created(instance, definition), instantOf(this.clock)) : [];
  }

  end(instance: StoredInstance): readonly AnyChange[] {
    const known = this.directory.find(checkIdOf(instance));
    return known ? [removal(known, 'deregistered', instantOf(this.clock))] : [];
  }

  inTurn<T>(instance: InstancePlace, run: () => Promise<T>): Promise<T> {
    return this.directory.turns.take(checkIdOf(instance), async () => {
      await this.journal.settle(transitionsOfChecks);
      return run();
    });
  }

  private created({ key: serviceKey }: StoredInstance, definition: CheckDefinition): StoredCheck {
    const createdAtMs = this.clock.wallMs();
    return { key: this.directory.nextKey(), definition, source: 'service', serviceKey, createdAtMs };
  }
}

function definitionOf(instance: StoredInstance): CheckDefinition | undefined {
  const { check, name } = instance;
  if (!check) return undefined;
  return {
    ...DEFAULT_CHECK_POLICY,
    id: checkIdOf(instance),
    ...(name !== undefined && { name }),
    // HTTP when there is a health path, otherwise a TTL (the seed's rule)
    target: httpTargetOf(instance) ?? { kind: 'ttl' },
    intervalMs: check.interval,
    deregisterAfterMs: check.deregisterCriticalServiceAfter,
    maintenance: [],
    labels: {},
    paused: false,
  };
}
