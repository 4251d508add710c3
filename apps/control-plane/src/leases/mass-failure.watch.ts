import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DEFAULT_MASS_FAILURE, IntervalPolicy } from '@vitals/core/lease';
import { Clock, RunningClock } from '@vitals/core/time';
import { Health, HealthComponent, HealthStatus } from '@vitals/health';
import { MassFailureLog } from '../mass-failures/mass-failure.log.js';
import { MassFailureTracker } from '../mass-failures/mass-failure.tracker.js';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import type { Provider } from '../providers/provider.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { Settings } from '../settings/settings.js';

/** Tells the failure of a zone or of the fleet from that of its providers, and raises one alarm for it. */
@Injectable()
@HealthComponent({ name: 'fleet', type: 'scheduler.fleet' })
export class MassFailureWatch implements OnModuleInit {
  private readonly tracker: MassFailureTracker<Provider>;

  constructor(
    private readonly directory: ProviderDirectory,
    clock: Clock,
    running: RunningClock,
    policy: IntervalPolicy,
    { massFailureHoldMs: holdMs }: Settings,
    log: MassFailureLog,
    journal: Journal,
    passed: PassedTime,
  ) {
    const windowMs = policy.allowedSilenceMs(policy.settings.baseMs);
    this.tracker = new MassFailureTracker({
      kind: 'provider',
      settings: { ...DEFAULT_MASS_FAILURE, windowMs, holdMs },
      log,
      journal,
      passed,
      clock,
      running,
      members: () => directory.all(),
      standingOf: ({ zone, lease, stateSinceMs }) => ({
        zone,
        awaySinceMs: lease.state === 'Unavailable' ? stateSinceMs : undefined,
      }),
    });
  }

  /** Once when a mass failure begins, and once when it ends or is acknowledged. */
  get alarms(): MassFailureTracker<Provider>['alarms'] {
    return this.tracker.alarms;
  }

  /** The providers of before the restart are there by now. */
  onModuleInit(): void {
    this.tracker.recover();
    this.directory.changed.subscribe((provider) => this.tracker.follow(provider, provider.removed));
  }

  /** Whether consequences for a provider have to wait, because its zone is failing, or it with the fleet. */
  isFrozen(provider: Provider): boolean {
    return this.tracker.isFrozen(provider);
  }

  @Health({ name: 'fleet', kinds: ['wellness'], critical: false })
  check(): HealthStatus {
    const failures = this.tracker.describe();
    const status = HealthStatus.named('fleet').withAttribute('providers', this.directory.size);
    return failures.length === 0 ? status.up() : status.down(failures.join('; '));
  }
}
