import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { Clock, formatDuration, parseDuration } from '@vitals/core/time';
import { AvailabilityState, SHUTDOWN_TARGET } from './availability-state.js';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from './health.module-options.js';

/** The first stage of a shutdown: no new work, while everything that is open stays open. */
@Injectable()
export class Drain {
  private readonly logger = new Logger('Health');
  private readonly ms: number;
  private drained: Promise<void> | undefined;

  constructor(
    private readonly availability: AvailabilityState,
    private readonly clock: Clock,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) options: HealthModuleOptions = {},
  ) {
    this.ms = parseDuration(options.drain ?? 0);
  }

  /** Turns readiness `DOWN` at once, and ends when those who send work have had `drain` to notice; once. */
  begin(): Promise<void> {
    this.availability.refuse(SHUTDOWN_TARGET);
    if (this.ms > 0 && !this.drained) {
      this.logger.log(
        `shutting down: readiness is DOWN, everything is served for ${formatDuration(this.ms)}`,
      );
    }
    this.drained ??=
      this.ms > 0 ? new Promise<void>((resume) => this.clock.after(this.ms, resume)) : Promise.resolve();
    return this.drained;
  }
}
