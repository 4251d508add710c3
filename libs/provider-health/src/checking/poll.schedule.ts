import { Inject, Injectable } from '@nestjs/common';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { PROVIDER_HEALTH_CLOCK } from '../provider-health.module-options.js';
import { ProviderHealthSettings } from '../provider-health.settings.js';
import { StatusBoard } from '../statuses/status.board.js';
import { Sweeper } from './sweeper.js';

/** Sweeps in the background: at once, then one interval after the start of the sweep before, never two at a time. */
@Injectable()
export class PollSchedule {
  private cancel: CancelTimer | undefined;
  private stopped = false;

  constructor(
    @Inject(PROVIDER_HEALTH_CLOCK) private readonly clock: Clock,
    private readonly settings: ProviderHealthSettings,
    private readonly sweeper: Sweeper,
    private readonly board: StatusBoard,
  ) {}

  /** Begins; no checker is called before it returns. */
  start(): void {
    const startedAtMs = this.clock.monotonicMs();
    void this.sweeper.sweepNow().then(() => {
      if (this.stopped) return;
      const spentMs = this.clock.monotonicMs() - startedAtMs;
      this.cancel = this.clock.after(Math.max(0, this.settings.pollIntervalMs - spentMs), () => this.start());
    });
  }

  /** Ends for good. Checkers are told by their signals; resolves when they have let go, within the check timeout. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel?.();
    this.board.close();
    await this.sweeper.stop();
  }
}
