import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { LeaseTable } from '@vitals/core/lease';
import type { Transition } from '@vitals/core/transition';
import { RunningClock } from '@vitals/core/time';
import { AvailabilityState, Health, HealthComponent, HealthStatus } from '@vitals/health';
import { Journal } from '../database/journal.js';
import { SilenceEvidence } from '../provider-health/provider.polls.js';
import type { Provider } from '../providers/provider.js';
import { providersDecided } from '../providers/provider.changes.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { AtShutdown } from '../shutdown/stages.js';

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
    private readonly leases: LeaseTable,
    private readonly directory: ProviderDirectory,
    private readonly journal: Journal,
    private readonly clock: RunningClock,
    private readonly availability: AvailabilityState,
    private readonly evidence: SilenceEvidence,
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
        const transitions = this.leases.sweep(BATCH);
        expired = transitions.length;
        if (expired > 0) this.expire(transitions);
        this.lastSweepMs = this.clock.monotonicMs();
        if (expired === BATCH) await new Promise<void>((resume) => this.clock.soon(resume));
      }
    } catch (error) {
      this.logger.error('a sweep failed', error instanceof Error ? error.stack : String(error));
    } finally {
      this.sweeping = false;
    }
  }

  private expire(transitions: readonly Transition[]): void {
    const silent = transitions.map(({ subject }) => this.directory.get(subject));
    const keyed = transitions.map((transition, at) => {
      const { key, name } = silent[at] as Provider;
      return { ...transition, cause: transition.cause + this.evidence.of(name), key };
    });
    this.journal.record(providersDecided, keyed).catch(() => undefined);
    for (const provider of silent) this.directory.noteChange(provider);
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
