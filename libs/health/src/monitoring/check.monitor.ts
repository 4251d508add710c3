import { Injectable, Logger } from '@nestjs/common';
import { CheckMetrics, type CheckResult, CheckRunner, type HealthState } from '@vitals/core/health';
import { Clock } from '@vitals/core/time';
import { HealthRegistry } from '../discovery/health.registry.js';
import { textOf } from '../error-text.js';
import { HealthEvents } from '../health.events.js';

/** Runs checks, and keeps the log, the metrics and the listeners informed of what came of it. */
@Injectable()
export class CheckMonitor {
  /** What became of all runs so far. */
  readonly metrics = new CheckMetrics();
  /** Runs them, and answers from what it remembers of them. */
  readonly runner: CheckRunner;

  private readonly logger = new Logger('Health');

  constructor(
    private readonly clock: Clock,
    registry: HealthRegistry,
    private readonly events: HealthEvents,
  ) {
    this.runner = new CheckRunner(clock, {
      ran: (result) => {
        this.metrics.observe(result);
        registry.noteName(result.id, result.name);
      },
      changed: (result, from) => this.changed(result, from),
    });
    registry.onChange((event, check) => {
      if (event === 'replaced') this.runner.expire(check);
      if (event !== 'removed') return;
      this.runner.forget(check);
      this.metrics.forget(check.id);
    });
  }

  /** Says once when a check begins to fail, with all that is known, and once when it recovers. */
  private changed(result: CheckResult, from: HealthState | undefined): void {
    const { id, name, state, reason, error } = result;
    const check = name === id ? id : `${name} (${id})`;
    switch (state) {
      case 'DOWN':
        this.logger.error(
          `${check} is DOWN: ${reason ?? 'no reason given'}`,
          error === undefined ? undefined : textOf(error),
        );
        break;
      case 'DEGRADED':
        this.logger.warn(`${check} is DEGRADED: ${reason ?? 'no reason given'}`);
        break;
      case 'UP':
        this.logger.log(`${check} is UP again`);
    }
    this.metrics.changed(id, from, state);
    this.events.emit('check', { id, name, from, to: state, reason, atMs: this.clock.wallMs() });
  }
}
