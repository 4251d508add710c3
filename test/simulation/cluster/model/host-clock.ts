import { type CancelTimer, Clock } from '@vitals/core/time';

/** Virtual time. */
export interface Moment {
  readonly nowMs: number;
}

/** The clocks of one machine: neither has anything to do with those of another. */
export class HostClock extends Clock {
  /**
   * @param aheadMs of its wall clock
   * @param upMs how long the machine was running when the simulation began
   */
  constructor(
    private readonly moment: Moment,
    private readonly aheadMs: number,
    private readonly upMs: number,
  ) {
    super();
  }

  wallMs(): number {
    return this.moment.nowMs + this.aheadMs;
  }

  monotonicMs(): number {
    return this.moment.nowMs + this.upMs;
  }

  after(): CancelTimer {
    throw new Error('the model has no timers');
  }

  soon(): void {
    throw new Error('the model has no timers');
  }
}
