import { Injectable } from '@nestjs/common';
import { Turns } from '@vitals/core/commit';
import { VitalsError } from '@vitals/core/errors';
import { OrderedList } from '@vitals/core/order';
import { Subject } from 'rxjs';
import { Pages } from '../http/list-page.js';
import type { Check } from './check.js';

/** What became of a check. */
export interface CheckChanged {
  readonly check: Check;
  /** `defined`: it is new, or is to be run in another way; `judged`: its state changed; `removed`: it is gone. */
  readonly what: 'defined' | 'judged' | 'removed';
}

/** All checks, in memory: what every read is answered from. */
@Injectable()
export class CheckDirectory {
  /** Changes of one check, by its id, are decided one after the other, whoever asks for them. */
  readonly turns = new Turns();
  private readonly byId = new OrderedList<Check>(({ id }) => id);
  /** By id. */
  readonly pages = new Pages(this.byId);
  private listed: readonly Check[] | undefined;
  private readonly changedSubject = new Subject<CheckChanged>();
  private lastKey = 0;

  /** Told after the change, in the same turn. */
  readonly changed = this.changedSubject.asObservable();

  get size(): number {
    return this.byId.size;
  }

  /**
   * Judges a check when no change of it is being decided or written: now, or after that. So nothing is decided of a check
   * on what it is about to be no more.
   * @throws whatever `judge` throws
   */
  async betweenTurns<T>(id: string, judge: () => T): Promise<T> {
    return this.turns.isTaken(id) ? this.turns.take(id, async () => judge()) : judge();
  }

  /** A number for a check that is new. */
  nextKey(): number {
    return ++this.lastKey;
  }

  find(id: string): Check | undefined {
    return this.byId.find(id);
  }

  /** @throws VitalsError `check-not-found` */
  get(id: string): Check {
    const check = this.byId.find(id);
    if (check) return check;
    const detail = `there is no check with the id ${JSON.stringify(id.slice(0, 300))}; GET /checks lists them`;
    throw new VitalsError('check-not-found', detail);
  }

  all(): Iterable<Check> {
    return this.byId.all();
  }

  /** The same as a list that does not change, shared by all who ask before a check comes or goes. */
  list(): readonly Check[] {
    return (this.listed ??= [...this.byId.all()]);
  }

  add(check: Check): void {
    this.listed = undefined;
    this.byId.put(check);
    this.lastKey = Math.max(this.lastKey, check.key);
    this.changedSubject.next({ check, what: 'defined' });
  }

  remove(check: Check): void {
    check.removed = true;
    this.listed = undefined;
    this.byId.remove(check.id);
    this.changedSubject.next({ check, what: 'removed' });
  }

  noteChange(check: Check, what: 'defined' | 'judged'): void {
    this.changedSubject.next({ check, what });
  }

  /**
   * The check on which this one depends that is Critical, however far up; `undefined` if there is none.
   * @param seen a check as it is looked at here
   */
  criticalAncestor({ definition }: Check, seen = (check: Check): Check => check): Check | undefined {
    // a definition that would close a circle is refused; a bound all the same
    for (let parent = this.parentOf(definition.parent), depth = 0; parent && depth < MAX_DEPTH; depth++) {
      if (seen(parent).state.verdict === 'Critical') return parent;
      parent = this.parentOf(parent.definition.parent);
    }
    return undefined;
  }

  private parentOf(id: string | undefined): Check | undefined {
    return id === undefined ? undefined : this.byId.find(id);
  }
}

/** Checks that may depend on each other, one above the other. */
export const MAX_DEPTH = 32;
