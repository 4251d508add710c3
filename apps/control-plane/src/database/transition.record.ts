import type { RecordedTransition, Suppression, Transition, TransitionState } from '@vitals/core/transition';
import { type ChangeKind, changeKind, type KeyedTransition } from './change.js';
import { oneOf, type Transaction, type Where } from './database.js';
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
 * transition, and a second one finds the state already changed. As few statements, because a whole fleet may fall silent
 * at once: first as if nobody had decided any of them; if somebody did, or if a subject is among them twice, by the states
 * that the rows have, which nobody else changes before this transaction ends.
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
  const numbered = await number(transaction, await undecided(transaction, transitions, decided));
  const last = new Map(numbered.map((transition) => [transition.key, decided.rowOf(transition)]));
  await transaction.patch(decided.table, [...last.values()]);
  return append(transaction, numbered);
}

/** Those that follow from the state of their row, each after those of its subject that do. */
async function undecided<R, T extends KeyedTransition>(
  transaction: Transaction,
  transitions: readonly T[],
  { table: decided, state }: Decided<R, T>,
): Promise<readonly T[]> {
  const [key] = decided.keys as [keyof R & string];
  const where = { [key]: oneOf(transitions.map((transition) => transition.key)) } as Where<R>;
  const rows = await transaction.select(decided, { members: [key, state], where });
  const states = new Map(rows.map((row) => [row[key] as number, row[state] as TransitionState]));
  return transitions.filter((transition) => {
    const follows = states.get(transition.key) === transition.from;
    if (follows) states.set(transition.key, transition.to);
    return follows;
  });
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
