import { changeKind } from './change.js';
import { atMost, below, type Transaction } from './database.js';
import { CHANGE_LOG, CHANGE_PAYLOADS } from './change.log.js';
import { integer, table } from './table.js';
import { TRANSITIONS } from './transition.record.js';

/** Entries of the change log that are kept: whoever is further behind reads everything anew. */
export const KEPT_CHANGES = 100_000;

/** How many transitions there were at a time, so that their age is known whatever the wall clock said. */
const TRANSITION_MARKS = table('transition_marks', {
  /** Milliseconds of `PassedTime`. */
  passed: integer().key(),
  sequence: integer(),
});

/** The transitions until a time, and what is old of the change log, are kept no longer; both in `PassedTime`. */
export const pastForgotten = changeKind<{
  readonly nowMs: number;
  readonly untilMs: number;
  /** Whether other processes use the database too. */
  readonly isShared?: boolean;
}>('past-forgotten', {
  async write(transaction, { nowMs, untilMs, isShared }) {
    // the newest of each stays, whatever its age: the numbers go on from it
    const newest = (await transaction.max(TRANSITIONS, 'sequence')) ?? 0;
    await transaction.put(TRANSITION_MARKS, [{ passed: nowMs, sequence: newest }]);
    await forgetTransitions(transaction, newest, untilMs);
    const last = (await transaction.max(CHANGE_LOG, 'number')) ?? 0;
    await transaction.remove(CHANGE_LOG, { number: atMost(last - KEPT_CHANGES) });
    if (isShared) await transaction.remove(CHANGE_PAYLOADS, { number: atMost(last - KEPT_CHANGES) });
  },
});

async function forgetTransitions(transaction: Transaction, newest: number, untilMs: number): Promise<void> {
  const old = atMost(untilMs);
  const sequence = await transaction.max(TRANSITION_MARKS, 'sequence', { passed: old });
  if (sequence !== undefined) {
    await transaction.remove(TRANSITIONS, { sequence: atMost(Math.min(sequence, newest - 1)) });
  }
  // the newest of the marks that are old enough says it for all before it
  const passed = await transaction.max(TRANSITION_MARKS, 'passed', { passed: old });
  if (passed !== undefined) await transaction.remove(TRANSITION_MARKS, { passed: below(passed) });
}
