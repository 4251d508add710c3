import type { HealthState } from '../status.js';

/** What is told of a run: its own state, or the one before while that still holds, and then why. */
export interface Damped {
  readonly state: HealthState;
  readonly reason: string | undefined;
}

/**
 * Flap damping: a check turns `DOWN` only after so many failed runs in a row, and ends to be `DOWN` only after
 * so many others in a row. The first run ever counts as it is: there is no state before it to hold on to.
 */
export class Damping {
  private told: HealthState | undefined;
  private against = 0;

  /**
   * @param failureThreshold failed runs in a row that turn it `DOWN`, at least 1
   * @param successThreshold runs in a row that did not fail that end `DOWN`, at least 1
   */
  constructor(
    private readonly failureThreshold: number,
    private readonly successThreshold: number,
  ) {}

  /** Takes the outcome of the next run and returns what is to be told of it. */
  next(state: HealthState, reason: string | undefined): Damped {
    const failed = state === 'DOWN';
    if (this.told === undefined || failed === (this.told === 'DOWN')) return this.tell(state, reason);
    this.against++;
    const threshold = failed ? this.failureThreshold : this.successThreshold;
    if (this.against >= threshold) return this.tell(state, reason);
    const verb = failed ? 'failed' : 'succeeded';
    const count = `${verb} ${this.against} of ${threshold} times in a row`;
    return { state: this.told, reason: reason === undefined ? count : `${count}: ${reason}` };
  }

  /** It is `DOWN`, whatever runs found: there was none in time. */
  fall(): void {
    this.tell('DOWN', undefined);
  }

  private tell(state: HealthState, reason: string | undefined): Damped {
    this.told = state;
    this.against = 0;
    return { state, reason };
  }
}
