import { Injectable, Logger } from '@nestjs/common';
import {
  type Check,
  CheckMetrics,
  type CheckResult,
  CheckRunner,
  type HealthState,
} from '@vitals/core/health';
import { Clock } from '@vitals/core/time';
import { HealthRegistry } from '../discovery/health.registry.js';
import { textOf } from '../error-text.js';
import { HealthEvents } from '../health.events.js';

/** Runs checks, and keeps the log, the metrics and the listeners informed of what came of it. */
@Injectable()
export class CheckMonitor {
  /** What became of all runs so far. */
  readonly metrics = new CheckMetrics();

  private readonly logger = new Logger('Health');
  private readonly runner: CheckRunner;

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

  /**
   * What is to be told of checks now, in their order; at once if all of it is known. Never rejects, and takes no
   * longer than `withinMs`: then a check that is still running is told by its last result.
   */
  results(checks: readonly Check[], withinMs?: number): CheckResult[] | Promise<CheckResult[]> {
    return this.runner.results(checks, withinMs);
  }

  /** Runs a check now, or joins the run in progress. Never rejects. */
  run(check: Check): CheckResult | Promise<CheckResult> {
    return this.runner.run(check);
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
