import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { type CheckDefinition, type ProbeResult, startCheck } from '@vitals/core/check';
import { Clock, RunningClock } from '@vitals/core/time';
import { TargetPolicy } from '../outbound/guard/target.policy.js';
import type { Change } from '../database/change.js';
import type { CheckSource, StoredCheck } from '../database/check.change.js';
import type { CheckTransition } from '../api-docs/schemas/checks.js';
import { Journal } from '../database/journal.js';
import { Turns } from '../../../../src/commit/turns.js';
import { Check } from './check.js';
import { CheckDirectory, MAX_DEPTH } from './check.directory.js';
import { CheckRecorder } from './check.recorder.js';
import { isSameKept, planReset } from './check.reset.js';

/** Why a check goes, by who says so. */
const REMOVED_BY = { api: 'removed by request', file: 'declared no longer' } as const;

/** The most checks that may be defined. */
const MAX_CHECKS = 100_000;

/** Defines and removes checks that belong to no service. Memory changes only after the store did. */
@Injectable()
export class CheckService {
  private readonly turns = new Turns();
  /** The parents of checks that are being written. */
  private readonly arriving = new Map<string, string>();

  constructor(
    private readonly directory: CheckDirectory,
    private readonly recorder: CheckRecorder,
    private readonly targets: TargetPolicy,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly running: RunningClock,
  ) {}

  /**
   * Defines a check, or defines it anew. What it looks at decides whether what is known of it still counts.
   * @throws VitalsError `check-invalid` for a target that may not be reached or a parent that cannot be one;
   *   `check-conflict` if the check is another's; `overloaded` if there are too many; `store-unavailable`
   */
  define(
    definition: CheckDefinition,
    source: Exclude<CheckSource, 'service'>,
  ): Promise<{ check: Check; created: boolean }> {
    return this.defineBy(definition.id, () => definition, source);
  }

  /**
   * The same, by what is known of the check when its turn comes.
   * @param plan its definition, with this id; what it throws is thrown, and nothing is defined
   */
  defineBy(
    id: string,
    plan: (known: Check | undefined) => CheckDefinition,
    source: Exclude<CheckSource, 'service'>,
  ): Promise<{ check: Check; created: boolean }> {
    return this.turns.take(id, async () => {
      await this.journal.settleChecks();
      const known = this.directory.find(id);
      const definition = plan(known);
      this.assertMayDefine(definition, source, known);
      if (definition.parent !== undefined) this.arriving.set(id, definition.parent);
      try {
        if (known) return { check: await this.redefine(known, definition), created: false };
        return { check: await this.create(definition, source), created: true };
      } finally {
        this.arriving.delete(id);
      }
    });
  }

  /** Ends a check. @throws VitalsError `check-not-found`, `check-conflict`, `store-unavailable` */
  remove(id: string, source: Exclude<CheckSource, 'service'>): Promise<void> {
    return this.turns.take(id, async () => {
      await this.journal.settleChecks();
      const check = this.directory.get(id);
      assertOwn(check, source, 'remove');
      const transition = removalOf(check, REMOVED_BY[source], this.clock.wallMs(), this.running.nowMs());
      await this.journal.commit({ kind: 'check-transitions', transitions: [transition] });
      this.directory.remove(check);
    });
  }

  /** Stops running a check, or goes on with it; its state stays as it was. @throws VitalsError `check-not-found`, `store-unavailable` */
  pause(id: string, paused: boolean): Promise<Check> {
    return this.turns.take(id, async () => {
      const check = this.directory.get(id);
      if (check.definition.paused !== paused) await this.redefine(check, { ...check.definition, paused });
      return check;
    });
  }

  /** Takes a message for a TTL. @throws VitalsError `check-not-found`, `check-conflict` for a check that is no TTL */
  report(id: string, result: Pick<ProbeResult, 'outcome' | 'message'>): Check {
    const check = this.directory.get(id);
    if (!check.isTtl) {
      const detail = `${id} is not a TTL: it is probed, and accepts no reports`;
      throw new VitalsError('check-conflict', detail);
    }
    this.recorder.take(check, { ...result, durationMs: 0 }, this.running.nowMs());
    return check;
  }

  private async create(definition: CheckDefinition, source: CheckSource): Promise<Check> {
    const sinceMs = this.clock.wallMs();
    const key = this.directory.nextKey();
    const stored: StoredCheck = { key, definition, source, serviceKey: undefined, createdAtMs: sinceMs };
    await this.journal.commit({ kind: 'check', check: stored, sinceMs });
    const check = new Check(stored, undefined, {
      state: startCheck(definition, this.running.nowMs()),
      sinceMs,
    });
    this.directory.add(check);
    return check;
  }

  /** A definition that says what the one before says changes nothing, and nothing is written. */
  private async redefine(check: Check, definition: CheckDefinition): Promise<Check> {
    if (isSameKept(check.definition, definition)) return check;
    const change: Change = {
      kind: 'check',
      check: { ...check.stored(), definition },
      sinceMs: check.sinceMs,
    };
    if (isSameKept(check.definition.target, definition.target)) {
      await this.journal.commit(change);
      check.redefine(definition, this.running.nowMs());
      this.directory.noteChange(check, 'defined');
      return check;
    }
    const reset = planReset(check, definition, 'its target has changed', this.clock, this.running);
    await this.journal.commit({ kind: 'together', changes: [change, ...reset.changes] });
    reset.apply();
    this.directory.noteChange(check, 'defined');
    return check;
  }

  private assertMayDefine(definition: CheckDefinition, source: CheckSource, known: Check | undefined): void {
    if (known) assertOwn(known, source, 'change');
    else if (this.directory.size >= MAX_CHECKS) {
      throw new VitalsError('overloaded', `there are ${MAX_CHECKS} checks already; remove some first`);
    }
    const { target } = definition;
    const fault = target.kind === 'ttl' ? undefined : this.targets.faultOf(target);
    if (fault) throw invalid(fault.pointer, fault.detail);
    this.assertParent(definition);
  }

  /** What is being written may come true or not: neither may end in a circle, for in one nobody is told of anybody. */
  private assertParent({ id, parent }: CheckDefinition): void {
    let above = new Set(parent === undefined ? [] : [parent]);
    for (let depth = 0; above.size > 0; depth++) {
      if (above.has(id)) throw invalid('/parent', `${id} would depend on itself`);
      if (depth === MAX_DEPTH)
        throw invalid('/parent', `more than ${MAX_DEPTH} checks would depend on each other in a row`);
      above = new Set([...above].flatMap((each) => this.parentsOf(each)));
    }
    if (parent !== undefined && !this.directory.find(parent)) {
      throw invalid('/parent', `there is no check ${JSON.stringify(parent)}; define it first`);
    }
  }

  private parentsOf(id: string): string[] {
    const parents = [this.directory.find(id)?.definition.parent, this.arriving.get(id)];
    return parents.filter((parent) => parent !== undefined);
  }
}

/** The transition that ends a check. */
export function removalOf(check: Check, cause: string, atMs: number, nowMs: number): CheckTransition {
  return check.transition('Removed', cause, atMs, check.progress(nowMs));
}

function assertOwn({ id, source }: Check, asking: CheckSource, verb: string): void {
  if (source === asking) return;
  const owner = {
    service: 'belongs to a registered service: register the service again, or deregister it',
    file: 'is declared in the file of declarations: change it there',
    api: 'was defined through the API: change it there, or remove it first',
  }[source];
  throw new VitalsError('check-conflict', `cannot ${verb} ${id}: it ${owner}`);
}

function invalid(pointer: string, detail: string): VitalsError {
  return new VitalsError('check-invalid', `${pointer}: ${detail}`, { faults: [{ pointer, detail }] });
}
