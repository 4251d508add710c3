import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { type CancelTimer, Clock, formatDuration, parseDuration } from '@vitals/core/time';
import { AvailabilityState, SHUTDOWN_TARGET } from './availability-state.js';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from './health.module-options.js';

/** Timers of the clock do not keep the process alive. One that serves nothing would end in the middle of its drain. */
const HOLD_MS = 60_000;

/** The first stage of a shutdown: no new work, while everything that is open stays open. */
@Injectable()
export class Drain {
  private readonly logger = new Logger('Health');
  private readonly ms: number;
  private drained: Promise<void> | undefined;
  private isEnded = false;
  private endNow: () => void = () => undefined;
  private cancelWarning: () => void = () => undefined;

  constructor(
    private readonly availability: AvailabilityState,
    private readonly clock: Clock,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) options: HealthModuleOptions = {},
  ) {
    this.ms = parseDuration(options.drain ?? 0);
  }

  /** Warns soon if no signal could ever begin it; once, when the app has started. */
  expectSignals(): void {
    if (this.ms === 0) return;
    const warn = (message: string): void => this.logger.warn(`HealthModule.forRoot: drain: ${message}`);
    this.cancelWarning = warnWithoutShutdownHooks(this.clock, warn, 'there is no drain');
  }

  /** Turns readiness `DOWN` at once, and ends when those who send work have had `drain` to notice; once. */
  begin(): Promise<void> {
    this.cancelWarning();
    this.availability.refuse(SHUTDOWN_TARGET);
    return (this.drained ??= this.ms > 0 && !this.isEnded ? this.wait() : Promise.resolve());
  }

  /** Ends the drain now, or keeps it from taking time: for whoever is asked a second time to end the process. */
  end(): void {
    this.isEnded = true;
    this.endNow();
  }

  private wait(): Promise<void> {
    this.logger.log(`shutting down: readiness is DOWN, everything is served for ${formatDuration(this.ms)}`);
    const hold = setInterval(() => undefined, HOLD_MS);
    return new Promise<void>((resume) => {
      const cancel = this.clock.after(this.ms, () => this.endNow());
      this.endNow = () => {
        clearInterval(hold);
        cancel();
        resume();
      };
    });
  }
}

/** By then an app has called what it calls after `listen()`, in milliseconds. */
const SETTLED_MS = 1_000;

/**
 * Warns a second from now unless something in this process handles SIGTERM by then: the hooks of Nest, or a handler of
 * the app, which is trusted to close it. Without one a signal ends the process at once, and no hook is called.
 * @param lost what does not happen then
 * @returns what calls the warning off
 */
export function warnWithoutShutdownHooks(
  clock: Clock,
  warn: (message: string) => void,
  lost: string,
): CancelTimer {
  return clock.after(SETTLED_MS, () => {
    if (process.listenerCount('SIGTERM') > 0) return;
    warn(
      `nothing handles SIGTERM, so that the process ends at once and ${lost}; call app.enableShutdownHooks() before app.listen()`,
    );
  });
}
