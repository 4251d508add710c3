import type { RecordedTransition } from '@vitals/core/transition';
import type { QueryRunner } from 'typeorm';
import type { KeyedTransition } from '../change.js';
import type { CheckTransition } from '../check.change.js';
import type { Outcome } from '../control-plane.store.js';
import { remember } from './checks/check.statements.js';

/** Whoever changes the row owns the transition; a second one finds the state already changed. */
const DECIDE_LEASES = `
  UPDATE leases SET availability = t.value ->> 3, state_since = t.value ->> 4, last_sequence = t.value ->> 1
  FROM json_each(?) AS t WHERE leases.key = t.value ->> 0 AND leases.availability = t.value ->> 2`;

const DECIDE_CHECKS = `
  UPDATE check_states SET status = t.value ->> 3, progress = t.value ->> 9,
    state_since = iif(t.value ->> 2 = t.value ->> 3, state_since, t.value ->> 4)
  FROM json_each(?) AS t WHERE check_states.key = t.value ->> 0 AND check_states.status = t.value ->> 2`;

/** What goes with checks that are removed, in order. */
const REMOVE_CHECKS = [
  `DELETE FROM services WHERE key IN (
    SELECT service_key FROM checks WHERE key IN (SELECT value FROM json_each(?)))`,
  ...['checks', 'check_states', 'uptime'].map(
    (table) => `DELETE FROM ${table} WHERE key IN (SELECT value FROM json_each(?))`,
  ),
];

const APPEND = `
  INSERT INTO transitions (sequence, from_state, to_state, at, kind, subject, cause, suppressed)
  SELECT value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8
  FROM json_each(?)`;

const REMOVE = 'DELETE FROM leases WHERE key = ? RETURNING availability';

/** Numbers transitions without gaps and writes them, inside the transactions of a store. */
export class TransitionWriter {
  private lastSequence = 0;

  /** Says which number was given last; called before anything is written. */
  continueFrom(lastSequence: number): void {
    this.lastSequence = lastSequence;
  }

  /** Numbers that were given since `mark` are given again: what they stood for was rolled back. */
  rollBack(mark: number): void {
    this.lastSequence = mark;
  }

  get mark(): number {
    return this.lastSequence;
  }

  /**
   * Records those transitions whose subject still is in their state `from`, in order. As one statement, because
   * a whole fleet may fall silent at once; one by one if somebody else decided some of them first, or if a
   * subject is among them twice.
   */
  record(runner: QueryRunner, transitions: readonly KeyedTransition[]): Promise<Outcome> {
    return this.decide(runner, transitions, DECIDE_LEASES);
  }

  /**
   * Records transitions of checks in the same way; a check that is removed takes its service with it. Who asks for a
   * removal gets it; a removal for failures that somebody else decided against does not happen.
   */
  async recordChecks(runner: QueryRunner, transitions: readonly CheckTransition[]): Promise<Outcome> {
    const recorded = await this.decide(runner, transitions, DECIDE_CHECKS);
    const done = new Set(recorded.filter(({ to }) => to === 'Removed').map(({ subject }) => subject));
    const removed = transitions.filter(
      ({ to, remembers, subject }) => to === 'Removed' && (!remembers || done.has(subject)),
    );
    if (removed.length === 0) return recorded;
    const keys = JSON.stringify(removed.map(({ key }) => key));
    for (const statement of REMOVE_CHECKS) await runner.query(statement, [keys]);
    for (const { remembers } of removed) {
      if (!remembers) continue;
      const [statement, parameters] = remember(remembers);
      await runner.query(statement, [...parameters]);
    }
    return recorded;
  }

  private async decide(
    runner: QueryRunner,
    transitions: readonly (KeyedTransition & Partial<CheckTransition>)[],
    statement: string,
  ): Promise<Outcome> {
    const single = transitions.length === 1;
    if (!single && new Set(transitions.map(({ key }) => key)).size < transitions.length) {
      return this.decideEach(runner, transitions, statement);
    }
    const recorded = transitions.map((transition, index) => ({
      ...transition,
      sequence: this.lastSequence + 1 + index,
    }));
    const rows = JSON.stringify(recorded.map(rowOf));
    if (!single) await runner.query('SAVEPOINT decision');
    const { affected } = await runner.query(statement, [rows], true);
    if (affected !== transitions.length) {
      if (single) return [];
      await runner.query('ROLLBACK TO decision');
      await runner.query('RELEASE decision');
      return this.decideEach(runner, transitions, statement);
    }
    if (!single) await runner.query('RELEASE decision');
    return this.append(runner, recorded, rows);
  }

  /** Ends a provider, from whatever state it was in. */
  async remove(runner: QueryRunner, transition: KeyedTransition): Promise<Outcome> {
    const [removed] = (await runner.query(REMOVE, [transition.key])) as { availability: string }[];
    if (!removed) return [];
    await runner.query('DELETE FROM providers WHERE key = ?', [transition.key]);
    await runner.query('DELETE FROM reservations WHERE provider = ?', [transition.subject]);
    const from = removed.availability as KeyedTransition['from'];
    const recorded = [{ ...transition, from, sequence: this.lastSequence + 1 }];
    return this.append(runner, recorded, JSON.stringify(recorded.map(rowOf)));
  }

  private async decideEach(
    runner: QueryRunner,
    transitions: readonly KeyedTransition[],
    statement: string,
  ): Promise<Outcome> {
    const recorded: RecordedTransition[] = [];
    for (const one of transitions) recorded.push(...(await this.decide(runner, [one], statement)));
    return recorded;
  }

  private async append(
    runner: QueryRunner,
    recorded: readonly RecordedRow[],
    rows: string,
  ): Promise<Outcome> {
    await runner.query(APPEND, [rows]);
    this.lastSequence += recorded.length;
    return recorded.map(
      ({ key: _key, progress: _progress, remembers: _remembers, ...transition }) => transition,
    );
  }
}

/** What is written of a transition; `progress` is that of a check. */
type RecordedRow = KeyedTransition & RecordedTransition & Partial<CheckTransition>;

/** A transition as an array, of which SQLite reads the members faster than those of an object. */
function rowOf(transition: RecordedRow): readonly unknown[] {
  const { key, sequence, from, to, atMs, kind, subject, cause, suppressed, progress } = transition;
  const row: unknown[] = [key, sequence, from, to, atMs, kind, subject, cause];
  if (progress !== undefined) row.push(suppressed ?? null, JSON.stringify(progress));
  return row;
}
