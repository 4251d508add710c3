import type { PartitionTaken, Stamp } from '@vitals/core/cluster';
import type { DecidedAvailability } from '@vitals/core/transition';

/** A transition as the store keeps it. */
export interface StoredTransition {
  readonly subject: string;
  readonly from: DecidedAvailability;
  readonly to: DecidedAvailability;
  /** Of the owner that decided it; a front that took a beat decides without. */
  readonly stamp: Stamp | undefined;
  readonly instance: string;
  /** Whoever wrote it had heard the provider since it was found silent, within its deadline. */
  readonly wasHeard: boolean;
}

/** What is committed, in the order of its numbers. */
export type StoredChange =
  | { readonly kind: 'taken'; readonly taken: PartitionTaken }
  | { readonly kind: 'transition'; readonly transition: StoredTransition }
  | { readonly kind: 'advertised'; readonly subject: string; readonly advertisedMs: number };

/** Sees what is committed, at that moment. */
export interface StoreWitness {
  onCommitted(change: StoredChange): void;
}

/**
 * The database: a transaction is one step, for it begins by locking what all of them lock. It keeps transitions on the
 * condition that the old state still holds; whoever writes has applied everything before.
 */
export class Store {
  /** It cannot be reached. */
  isAway = false;
  readonly states = new Map<string, DecidedAvailability>();
  readonly advertisedMs = new Map<string, number>();
  /** The newest owner of each partition. */
  readonly owners = new Map<number, PartitionTaken>();
  private changes: StoredChange[] = [];
  first = 0;

  constructor(private readonly witness: StoreWitness) {}

  get end(): number {
    return this.first + this.changes.length;
  }

  /** The change with this number; `undefined` if there is none yet. */
  at(number: number): StoredChange | undefined {
    return this.changes[number - this.first];
  }

  /** Part of a transaction. Whether it was kept. */
  write(change: StoredChange): boolean {
    if (change.kind === 'transition') {
      const { subject, from, to } = change.transition;
      if ((this.states.get(subject) ?? 'Unknown') !== from) return false;
      this.states.set(subject, to);
    }
    if (change.kind === 'advertised') this.advertisedMs.set(change.subject, change.advertisedMs);
    if (change.kind === 'taken') this.owners.set(change.taken.partition, change.taken);
    this.changes.push(change);
    this.witness.onCommitted(change);
    return true;
  }

  /** Forgets changes that everybody has applied. */
  trim(number: number): void {
    if (number - this.first < 1) return;
    this.changes = this.changes.slice(number - this.first);
    this.first = number;
  }
}
