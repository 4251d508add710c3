import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { CheckDefinition, ProbeResult } from '@vitals/core/check';
import { decidedFirst } from '@vitals/core/commit';
import { RunningClock } from '@vitals/core/time';
import { TargetPolicy } from '../outbound/guard/target.policy.js';
import type { AnyChange } from '../database/change.js';
import { Journal } from '../database/journal.js';
import type { Check } from './check.js';
import { instantOf, redefinition, removal } from './check.changes.js';
import { CheckDirectory, MAX_DEPTH } from './check.directory.js';
import { CheckJudge } from './check.judge.js';
import { checkDefined, type CheckSource, type StoredCheck } from './check.rows.js';
import { transitionsOfChecks } from './check.transitions.js';

/** Why a check goes, by who says so. */
const REMOVED_BY = { api: 'removed by request', file: 'declared no longer' } as const;

const MAX_CHECKS = 100_000;

/** Defines and removes checks that belong to no service. */
@Injectable()
export class CheckService {
  /** The parents of checks that are being written. */
  private readonly arriving = new Map<string, string>();

  constructor(
    private readonly directory: CheckDirectory,
    private readonly judge: CheckJudge,
    private readonly targets: TargetPolicy,
    private readonly journal: Journal,
    private readonly clock: RunningClock,
  ) {}

  /**
   * Defines a check, or defines it anew. What it looks at decides whether what is known of it still counts.
   * @param plan its definition, with this id, by what is known of the check when its turn comes; what it throws is
   *   thrown, and nothing is defined
   * @throws VitalsError `check-invalid` for a target that may not be reached or a parent that cannot be one;
   *   `check-conflict` if the check is another's; `overloaded` if there are too many; `store-unavailable`
   */
  define(
    id: string,
    plan: (known: Check | undefined) => CheckDefinition,
    source: Exclude<CheckSource, 'service'>,
  ): Promise<{ check: Check; created: boolean }> {
    return this.inTurn(id, async () => {
      let known: Check | undefined;
      const decide = (): readonly AnyChange[] => {
        known = this.directory.find(id);
        const definition = plan(known);
        this.assertMayDefine(definition, source, known);
        if (definition.parent !== undefined) this.arriving.set(id, definition.parent);
        if (known) return redefinition(known, definition, instantOf(this.clock));
        return [this.creation(definition, source)];
      };
      try {
        await this.commit(decide);
        return { check: this.directory.get(id), created: !known };
      } finally {
        this.arriving.delete(id);
      }
    });
  }

  /** Ends a check. @throws VitalsError `check-not-found`, `check-conflict`, `store-unavailable` */
  remove(id: string, source: Exclude<CheckSource, 'service'>): Promise<void> {
    return this.inTurn(id, async () => {
      await this.journal.commitAll(() => {
        const check = this.directory.get(id);
        assertOwn(check, source, 'remove');
        return [removal(check, REMOVED_BY[source], instantOf(this.clock))];
      });
    });
  }

  /** Stops running a check, or goes on with it; its state stays as it was. @throws VitalsError `check-not-found`, `store-unavailable` */
  pause(id: string, paused: boolean): Promise<Check> {
    return this.inTurn(id, async () => {
      await this.commit(() => {
        const check = this.directory.get(id);
        return redefinition(check, { ...check.definition, paused }, instantOf(this.clock));
      });
      return this.directory.get(id);
    });
  }

  /**
   * Takes a message for a TTL; while it is being changed, once that has ended.
   * @param find finds the check then: `undefined` ignores the message, and what it throws is thrown
   * @throws VitalsError `check-not-found`, `check-conflict` for a check that is no TTL; in a cluster `store-unavailable`
   */
  report(
    id: string,
    result: Pick<ProbeResult, 'outcome' | 'message'>,
    find = (): Check | undefined => this.directory.get(id),
  ): Promise<void> {
    return this.judge.judge(id, () => {
      const check = find();
      if (!check) return undefined;
      if (!check.isTtl) {
        const detail = `${id} is not a TTL: it is probed, and accepts no reports`;
        throw new VitalsError('check-conflict', detail);
      }
      return { kind: 'result', check, result: { ...result, durationMs: 0 }, startedAtMs: this.clock.nowMs() };
    });
  }

  /** Runs when no other change of the check goes on, and all that was decided of checks is durable. */
  private inTurn<T>(id: string, run: () => Promise<T>): Promise<T> {
    return this.directory.turns.take(id, async () => {
      await this.journal.settle(transitionsOfChecks);
      return run();
    });
  }

  /** Makes durable what is decided; what changes nothing, whatever others have committed meanwhile, is not written. */
  private commit(decide: () => readonly AnyChange[]): Promise<void> {
    return this.journal.commitAll(decidedFirst(decide(), decide));
  }

  private creation(definition: CheckDefinition, source: CheckSource): AnyChange {
    const sinceMs = this.clock.wallMs();
    const key = this.directory.nextKey();
    const check: StoredCheck = { key, definition, source, serviceKey: undefined, createdAtMs: sinceMs };
    return checkDefined({ check, sinceMs });
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
