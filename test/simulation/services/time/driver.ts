import type { Engine } from '../../engine/engine.js';

/** Runs the tasks of an engine one after the other, with every promise callback of one before the next. */
export class Driver {
  private callbacks = true;

  constructor(readonly engine: Engine) {}

  /** Says that the task that runs has left nothing to promise callbacks. */
  skipCallbacks(): void {
    this.callbacks = false;
  }

  /** Runs everything that is due up to and including `endMs`. */
  async runUntil(endMs: number): Promise<void> {
    while (this.engine.runNext(endMs)) {
      if (this.callbacks) await new Promise((resolve) => setImmediate(resolve));
      this.callbacks = true;
    }
    this.engine.runUntil(endMs);
  }
}
