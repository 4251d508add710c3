import type { RecordedTransition, Suppression, Transition, TransitionState } from '@vitals/core/transition';
import { type ChangeKind, changeKind, type KeyedTransition } from './change.js';
import type { Transaction } from './database.js';
import { integer, type Table, table, text, words } from './table.js';

/** The log of everything that was decided, gap-free. */
export const TRANSITIONS = table('transitions', {
  sequence: integer().key(),
  kind: text<Transition['kind']>(),
  subject: text(),
  from: text<TransitionState>('from_state'),
  to: text<TransitionState>('to_state'),
  cause: words(),
  /** Epoch milliseconds. */
  atMs: integer('at'),
  suppressed: text<Suppression>().optional(),
});

/** Where the state lies that transitions of one kind of subject change. */
export interface Decided<R, T extends KeyedTransition> {
  readonly table: Table<R>;
  readonly state: keyof R & string;
  /** What a recorded transition makes of the row of its subject: the key, the state, and what goes with it. */
  rowOf(transition: T & { readonly sequence: number }): Partial<R>;
}

/** Declares transitions that are recorded in the order in which they were decided; see `Journal.record`. */
export function transitionsKind<T extends KeyedTransition>(
  kindName: string,
  write: (transaction: Transaction, transitions: readonly T[]) => Promise<readonly T[]>,
): ChangeKind<readonly T[]> {
  return changeKind<readonly T[]>(kindName, {
    write,
    keys: (transitions) => transitions.map(({ key }) => key),
    transitions: (transitions) => transitions.map(recordOf),
  });
}

/**
 * Records those transitions whose subject still is in their state `from`, in order: whoever changes the row owns the
 * transition, and a second one finds the state already changed. As one statement, because a whole fleet may fall silent
 * at once; one by one if somebody else decided some of them first, or if a subject is among them twice.
 * @returns those that were recorded
 */
export async function decide<R, T extends KeyedTransition>(
  transaction: Transaction,
  transitions: readonly T[],
  decided: Decided<R, T>,
): Promise<readonly T[]> {
  const isEachOnce = new Set(transitions.map(({ key }) => key)).size === transitions.length;
  let recorded: readonly T[] = [];
  const isDone =
    isEachOnce &&
    (await transaction.attempt(async () => {
      const numbered = await number(transaction, transitions);
      const rows = numbered.map((transition) => decided.rowOf(transition));
      const was = transitions.map(({ from }) => from) as never[];
      const changed = await transaction.patchFound(decided.table, rows, { member: decided.state, was });
      if (changed === transitions.length) recorded = await append(transaction, numbered);
      return changed === transitions.length;
    }));
  if (isDone || transitions.length === 1) return recorded;
  const each: T[] = [];
  for (const one of transitions) each.push(...(await decide(transaction, [one], decided)));
  return each;
}

/** Records transitions that nobody else can decide. */
export async function record<T extends KeyedTransition>(
  transaction: Transaction,
  transitions: readonly T[],
): Promise<readonly T[]> {
  return append(transaction, await number(transaction, transitions));
}

/** What is told of a transition. */
export function recordOf(transition: KeyedTransition): RecordedTransition {
  const { sequence = 0, kind, subject, from, to, cause, atMs, suppressed } = transition;
  return { sequence, kind, subject, from, to, cause, atMs, ...(suppressed !== undefined && { suppressed }) };
}

async function number<T extends KeyedTransition>(
  transaction: Transaction,
  transitions: readonly T[],
): Promise<readonly (T & { readonly sequence: number })[]> {
  const first = await transaction.number(TRANSITIONS, 'sequence', transitions.length);
  return transitions.map((transition, index) => ({ ...transition, sequence: first + index }));
}

async function append<T extends KeyedTransition>(
  transaction: Transaction,
  numbered: readonly T[],
): Promise<readonly T[]> {
  await transaction.insert(TRANSITIONS, numbered.map(recordOf));
  return numbered;
}
