import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Check } from '@vitals/core/health';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { HealthRegistry } from '../discovery/health.registry.js';
import { CheckMonitor } from './check.monitor.js';

/**
 * Runs the checks that declare `every`, from bootstrap to shutdown: at once, then one interval after the start
 * of the run before; never two runs of a check at a time. Checks that are registered later join in.
 */
@Injectable()
export class BackgroundScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly timers = new Map<Check, CancelTimer>();
  private running = false;

  constructor(
    private readonly clock: Clock,
    private readonly registry: HealthRegistry,
    private readonly monitor: CheckMonitor,
  ) {
    registry.onChange((event, check) => {
      if (event === 'registered' && this.running) this.schedule(check);
      if (event === 'removed') this.stop(check);
    });
  }

  onApplicationBootstrap(): void {
    this.running = true;
    for (const check of this.registry.select()) this.schedule(check);
  }

  beforeApplicationShutdown(): void {
    this.running = false;
    for (const check of this.timers.keys()) this.stop(check);
  }

  private schedule(check: Check): void {
    if (check.everyMs === undefined) return;
    this.timers.set(
      check,
      this.clock.after(check.everyMs, () => this.schedule(check)),
    );
    void this.monitor.runner.run(check);
  }

  private stop(check: Check): void {
    this.timers.get(check)?.();
    this.timers.delete(check);
  }
}
