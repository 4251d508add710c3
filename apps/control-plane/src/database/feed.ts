import { Injectable, Logger } from '@nestjs/common';
import type { RecordedTransition } from '@vitals/core/transition';
import { Subject } from 'rxjs';
import { type AnyChange, type AnyKind, type ChangeKind, kindNamed } from './change.js';

/** A change that another process made durable. */
export interface ForeignChange {
  readonly number: number;
  readonly kindName: string;
  readonly payload: unknown;
}

/** A change that is durable, and its place in the feed. */
export interface Committed {
  readonly change: AnyChange;
  /** Numbers start at 1 and have no gaps; 0 for a buffered write, which nobody follows. */
  readonly number: number;
}

/**
 * Everything that was made durable, once, in one order. Memory is built by applying it: by the owner of a thing first,
 * then by all who follow it, in the order in which they registered. By the time a commit resolves it is applied.
 */
@Injectable()
export class Feed {
  private readonly logger = new Logger('Feed');
  private readonly appliers = new Map<AnyKind, ((payload: never, isOwn: boolean) => void)[]>();
  private readonly recordedSubject = new Subject<readonly RecordedTransition[]>();
  private readonly writtenSubject = new Subject<readonly Committed[]>();
  private sequence: number;
  private lastNumber: number;
  private batches = 0;

  /** Transitions, each once, in the order of their sequence, after they became durable and were applied. */
  readonly recorded = this.recordedSubject.asObservable();

  /** What this process committed and others follow, after it was applied. */
  readonly written = this.writtenSubject.asObservable();

  /** @param durable the numbers of the last transition, and of the last change, that memory is built from at boot */
  constructor({ sequence = 0, number = 0 }: { readonly sequence?: number; readonly number?: number } = {}) {
    this.sequence = sequence;
    this.lastNumber = number;
  }

  /** The number of the last change that was applied. */
  get number(): number {
    return this.lastNumber;
  }

  /** How often changes of other processes were applied. */
  get foreignBatches(): number {
    return this.batches;
  }

  /** The sequence number of the last transition that is durable. */
  get lastSequence(): number {
    return this.sequence;
  }

  /**
   * Has `apply` called with every change of this kind, and whether this process committed it. It must not throw; called in
   * the turn of the commit.
   */
  on<P>(kind: ChangeKind<P>, apply: (payload: P, isOwn: boolean) => void): void {
    const known = this.appliers.get(kind) ?? [];
    this.appliers.set(kind, [...known, apply]);
  }

  /** Applies what was committed; called by whoever committed or read it. */
  apply(committed: readonly Committed[]): void {
    const followed = committed.filter(({ number }) => number > 0);
    for (const { change, number } of followed) {
      this.applyOne(change, true);
      this.lastNumber = number;
    }
    if (followed.length > 0) this.writtenSubject.next(followed);
  }

  /** Applies what other processes committed, in order; of what this version does not know, only the number counts. */
  applyForeign(changes: readonly ForeignChange[]): void {
    if (changes.length > 0) this.batches++;
    for (const { number, kindName, payload } of changes) {
      const kind = kindNamed(kindName);
      if (kind) this.applyOne({ kind, payload }, false);
      this.lastNumber = number;
    }
  }

  private applyOne({ kind, payload }: AnyChange, isOwn: boolean): void {
    const transitions = kind.transitions?.(payload as never) ?? [];
    this.sequence = transitions.at(-1)?.sequence ?? this.sequence;
    for (const apply of this.appliers.get(kind) ?? []) {
      try {
        apply(payload as never, isOwn);
      } catch (error) {
        this.logger.error(
          `the change ${kind.kindName} is durable, and could not be applied`,
          error instanceof Error ? error.stack : String(error),
        );
      }
    }
    if (transitions.length > 0) this.recordedSubject.next(transitions);
  }
}
