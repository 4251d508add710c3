import type { Clock } from '../time/index.js';

/** One step lasts so long, in milliseconds. */
const STEP_MS = 100;
/** All have their turn within so many steps: ten minutes. */
const MAX_STEPS = 6_000;

/**
 * Lets those go one after the other who waited for the end of the same mass failure: ten a second, or more if there
 * are so many that it would take longer than ten minutes.
 */
export class ReleasePace<T> {
  private readonly waiting = new Set<T>();
  private atATime = 1;
  private stepping = false;

  /** @param onTurn called for each whose turn has come */
  constructor(
    private readonly clock: Clock,
    private readonly onTurn: (one: T) => void,
  ) {}

  isWaiting(one: T): boolean {
    return this.waiting.has(one);
  }

  /** Has its turn after those that wait already. */
  add(one: T): void {
    this.waiting.add(one);
    this.atATime = Math.max(this.atATime, Math.ceil(this.waiting.size / MAX_STEPS));
    if (this.stepping) return;
    this.stepping = true;
    this.stepLater();
  }

  /** Waits no longer, for it is well or gone. */
  delete(one: T): void {
    this.waiting.delete(one);
  }

  private stepLater(): void {
    this.clock.after(STEP_MS, () => {
      let left = this.atATime;
      for (const one of this.waiting) {
        if (left-- === 0) break;
        this.waiting.delete(one);
        this.onTurn(one);
      }
      this.stepping = this.waiting.size > 0;
      if (this.stepping) this.stepLater();
      else this.atATime = 1;
    });
  }
}
