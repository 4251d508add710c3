import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Leases } from '@vitals/core/lease';
import { RunningClock } from '@vitals/core/time';
import { AvailabilityState, Health, HealthComponent, HealthStatus } from '@vitals/health';
import { AtShutdown } from '../shutdown/stages.js';
import { SilenceJudge } from './silence.judge.js';

/** How often leases are swept, in milliseconds; with the slots of the queue well within the bound of 100 ms. */
const SWEEP_EVERY_MS = 50;
/** Leases decided before other requests get their turn. */
const BATCH = 1_000;
/** A sweeper that has not swept for this long does not do its work, in milliseconds. */
const STALLED_AFTER_MS = 2_000;

/** Finds the providers that went silent: the staleness check, on a schedule. */
@Injectable()
@HealthComponent({ name: 'lease-sweeper', type: 'scheduler.leases' })
export class LeaseSweeper implements OnApplicationBootstrap {
  private readonly logger = new Logger('Leases');
  private sweeping = false;
  private stopped = true;
  private lastSweepMs: number;

  constructor(
    private readonly leases: Leases,
    private readonly judge: SilenceJudge,
    private readonly clock: RunningClock,
    private readonly availability: AvailabilityState,
  ) {
    this.lastSweepMs = clock.monotonicMs();
    this.availability.target('lease-sweeper');
  }

  onApplicationBootstrap(): void {
    this.stopped = false;
    this.lastSweepMs = this.clock.monotonicMs();
    this.availability.target('lease-sweeper').ready();
  }

  @AtShutdown('stop-judging')
  stop(): void {
    this.stopped = true;
  }

  @Interval('staleness-check', SWEEP_EVERY_MS)
  async sweep(): Promise<void> {
    this.clock.nowMs();
    if (this.sweeping || this.stopped) return;
    this.sweeping = true;
    try {
      for (let expired = BATCH; expired === BATCH && !this.stopped;) {
        expired = this.judge.judge(BATCH);
        this.lastSweepMs = this.clock.monotonicMs();
        if (expired === BATCH) await new Promise<void>((resume) => this.clock.soon(resume));
      }
    } catch (error) {
      this.logger.error('a sweep failed', error instanceof Error ? error.stack : String(error));
    } finally {
      this.sweeping = false;
    }
  }

  @Health({ name: 'lease-sweeper', kinds: ['liveness', 'readiness'] })
  check(): HealthStatus {
    const sinceMs = Math.round(this.clock.monotonicMs() - this.lastSweepMs);
    const status = HealthStatus.named('lease-sweeper')
      .withAttribute('leases', this.leases.size)
      .withAttribute('sinceLastSweepMs', sinceMs)
      .withAttribute('pausedMs', Math.round(this.clock.pausedMs));
    return sinceMs > STALLED_AFTER_MS ? status.down(`no sweep for ${sinceMs} ms`) : status.up();
  }
}
