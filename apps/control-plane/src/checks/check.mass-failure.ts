import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DEFAULT_MASS_FAILURE } from '@vitals/core/lease';
import { Clock, RunningClock } from '@vitals/core/time';
import { Health, HealthComponent, HealthStatus } from '@vitals/health';
import { MassFailureLog } from '../mass-failures/mass-failure.log.js';
import { MassFailureTracker } from '../mass-failures/mass-failure.tracker.js';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import { Settings } from '../settings/settings.js';
import type { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';

/** Failures within this time count as one event, in milliseconds: checks find the same fault one after the other. */
const WINDOW_MS = 60_000;

/**
 * Tells the failure of an environment, or of everything, from that of single services: while it goes on nobody is
 * removed who is in it. An environment is what services have as their tag; checks without a service do not count.
 */
@Injectable()
@HealthComponent({ name: 'services', type: 'scheduler.checks' })
export class CheckMassFailure implements OnApplicationBootstrap {
  private readonly tracker: MassFailureTracker<Check>;

  constructor(
    private readonly directory: CheckDirectory,
    clock: Clock,
    running: RunningClock,
    { massFailureHoldMs: holdMs }: Settings,
    log: MassFailureLog,
    journal: Journal,
    passed: PassedTime,
  ) {
    this.tracker = new MassFailureTracker({
      kind: 'service',
      settings: { ...DEFAULT_MASS_FAILURE, windowMs: WINDOW_MS, holdMs },
      log,
      journal,
      passed,
      clock,
      running,
      members: () => ofServices(directory.all()),
      standingOf: ({ service, state, failedAtMs, sinceMs }) => ({
        zone: service?.tag,
        awaySinceMs: state.verdict === 'Critical' ? (failedAtMs ?? sinceMs) : undefined,
      }),
    });
  }

  /** Once when a mass failure begins, and once when it ends or is acknowledged. */
  get alarms(): MassFailureTracker<Check>['alarms'] {
    return this.tracker.alarms;
  }

  /** Checks that were settled, each when its removal waits no longer. */
  get turns(): MassFailureTracker<Check>['turns'] {
    return this.tracker.turns;
  }

  /** The checks of before the restart are there by now. */
  onApplicationBootstrap(): void {
    this.tracker.recover();
    this.directory.changed.subscribe(({ check, what }) => {
      if (check.service) this.tracker.follow(check, what === 'removed');
    });
  }

  /** Whether a service may not be removed now: its environment is failing, or it with all others. */
  isFrozen(check: Check): boolean {
    return check.service !== undefined && this.tracker.isFrozen(check);
  }

  @Health({ name: 'services', kinds: ['wellness'], critical: false })
  check(): HealthStatus {
    const failures = this.tracker.describe();
    const status = HealthStatus.named('services').withAttribute('checks', this.directory.size);
    return failures.length === 0 ? status.up() : status.down(failures.join('; '));
  }
}

function* ofServices(checks: Iterable<Check>): Generator<Check> {
  for (const check of checks) if (check.service) yield check;
}
