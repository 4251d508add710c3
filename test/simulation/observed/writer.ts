import type { Engine } from '../engine/engine.js';
import type { Random } from '../engine/random.js';
import type { Store } from './store.js';

/** One thing that has to become durable, and what follows when it is. */
export interface Change {
  readonly apply: (store: Store) => void;
  readonly done?: () => void;
}

/** Where in a write the control plane is killed. */
export type CrashPoint = 'before' | 'after';

/** Kills the process at a write; true if it did. */
export type CrashHook = (point: CrashPoint) => boolean;

/** Changes of one write, at most; a crash can come between two writes. */
const BATCHES = [1, 2, 500];

/** The one writer of a process: in order, several changes to a write, all of them or none. */
export class Writer {
  private queue: Change[] = [];
  private writing = false;

  /** @param whenAwake calls back as soon as the process runs, and never if it is dead by then */
  constructor(
    private readonly engine: Engine,
    private readonly random: Random,
    private readonly store: Store,
    private readonly crash: CrashHook,
    private readonly whenAwake: (run: () => void) => void,
    private readonly publish: (before: number, upTo: number) => void,
  ) {}

  add(change: Change): void {
    this.queue.push(change);
    if (!this.writing) this.write();
  }

  private write(): void {
    this.writing = true;
    const { engine, random } = this;
    const tookMs = random.chance(0.02) ? random.integer(50, 500) : random.integer(0, 3);
    engine.at(engine.nowMs + tookMs, () => {
      const batch = this.queue.slice(0, random.pick(BATCHES));
      if (this.crash('before')) return;
      const before = this.store.log.length;
      for (const { apply } of batch) apply(this.store);
      const upTo = this.store.log.length;
      if (this.crash('after')) return;
      this.queue = this.queue.slice(batch.length);
      this.whenAwake(() => {
        this.publish(before, upTo);
        for (const { done } of batch) done?.();
        this.writing = false;
        if (this.queue.length > 0) this.write();
      });
    });
  }
}
