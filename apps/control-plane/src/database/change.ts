import type { RecordedTransition, Transition } from '@vitals/core/transition';
import type { Reader, Transaction } from './database.js';

/** What a thing is found by in the database. */
export type Key = number | string;

/** How one kind of change is written, and what it concerns. */
export interface ChangeWriting<P> {
  /**
   * Writes it. @returns what became durable of it, if that is less than was asked: a decision that somebody else
   * made first is not among it
   */
  write(transaction: Transaction, payload: P): Promise<P | void>;
  /**
   * What it changes, for the change log: whoever follows the log reads these rows. A change without it is a buffered
   * write of this process that nobody follows: it gets no number, and is not applied.
   */
  keys?(payload: P): readonly Key[];
  /** The transitions that it records, once it is durable. */
  transitions?(payload: P): readonly RecordedTransition[];
  /**
   * It changes nothing that versions have which do not know it: during an upgrade they go on without it. Those versions see
   * it by the end of its name.
   */
  readonly isPassable?: true;
}

/** A kind of change, whatever it changes. */
export interface AnyKind {
  /** Its name in the change log; never used for another kind. */
  readonly kindName: string;
  write(transaction: Transaction, payload: never): Promise<unknown>;
  keys?(payload: never): readonly Key[];
  transitions?(payload: never): readonly RecordedTransition[];
}

/** A kind of change; called with what changes, it makes one. */
export interface ChangeKind<P> extends ChangeWriting<P> {
  (payload: P): Change<P>;
  readonly kindName: string;
}

/** One thing that becomes durable, gets its place in the feed, and is applied to memory. */
export interface Change<P> {
  readonly kind: ChangeKind<P>;
  readonly payload: P;
}

/** A change of any kind. */
export interface AnyChange {
  readonly kind: AnyKind;
  readonly payload: unknown;
}

/**
 * A change, or how it is decided from what is in memory: that is done again if other processes have changed something
 * in between, so that nothing is based on what is no longer so. It throws what refuses the caller.
 */
export type Decision<C> = C | ((reader: Reader) => C | Promise<C>);

/** How the names of kinds end which versions that do not know them may pass over. */
const PASSABLE = '?';

/** All kinds that this version knows, by name: what other processes wrote is applied by them. */
const kinds = new Map<string, AnyKind>();

/** The kind of this name; `undefined` if only another version knows it. */
export function kindNamed(name: string): AnyKind | undefined {
  return kinds.get(name);
}

/** Whether what another process wrote of this kind, which this version does not know, changes nothing that it has. */
export function isPassable(name: string): boolean {
  return name.endsWith(PASSABLE);
}

/** Declares a kind of change, in the folder of the feature that owns it. */
export function changeKind<P>(name: string, writing: ChangeWriting<P>): ChangeKind<P> {
  const kindName = writing.isPassable ? name + PASSABLE : name;
  const kind: ChangeKind<P> = Object.assign((payload: P): Change<P> => ({ kind, payload }), writing, {
    kindName,
  });
  kinds.set(kindName, kind);
  return kind;
}

/** A transition and the key of its subject; with its sequence number once it is recorded. */
export type KeyedTransition = Transition & { readonly key: number; readonly sequence?: number };
