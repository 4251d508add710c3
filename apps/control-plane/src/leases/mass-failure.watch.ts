import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DEFAULT_MASS_FAILURE, IntervalPolicy, type MassFailure, MassFailureGuard } from '@vitals/core/lease';
import { Clock, RunningClock } from '@vitals/core/time';
import { Health, HealthComponent, HealthStatus } from '@vitals/health';
import { Subject } from 'rxjs';
import type { Provider } from '../providers/provider.js';
import { ProviderDirectory } from '../providers/provider.directory.js';

/** Tells the failure of a zone or of the fleet from that of its providers, and raises one alarm for it. */
@Injectable()
@HealthComponent({ name: 'fleet', type: 'scheduler.fleet' })
export class MassFailureWatch implements OnModuleInit {
  private readonly logger = new Logger('MassFailure');
  private readonly guard: MassFailureGuard;
  private readonly raised = new Subject<MassFailure>();

  /** One event when a mass failure begins, and one when it ends. */
  readonly alarms = this.raised.asObservable();

  constructor(
    private readonly directory: ProviderDirectory,
    private readonly clock: Clock,
    private readonly running: RunningClock,
    policy: IntervalPolicy,
  ) {
    const windowMs = policy.allowedSilenceMs(policy.settings.baseMs);
    this.guard = new MassFailureGuard({ ...DEFAULT_MASS_FAILURE, windowMs });
  }

  /** The providers of before the restart are there by now. */
  onModuleInit(): void {
    const nowMs = this.clock.wallMs();
    const recovered = [...this.directory.all()].map((provider) => {
      count(provider);
      return {
        zone: provider.zone,
        unavailableMsAgo: provider.countedAway ? nowMs - provider.stateSinceMs : undefined,
      };
    });
    this.guard.recover(recovered, this.running.nowMs());
    this.directory.changed.subscribe((provider) => this.follow(provider));
  }

  /** Whether consequences for a provider have to wait, because its zone or the fleet is failing. */
  isFrozen({ zone }: Pick<Provider, 'zone'>): boolean {
    return this.guard.isFrozen(zone);
  }

  @Health({ name: 'fleet', kinds: ['wellness'], critical: false })
  check(): HealthStatus {
    const failures = this.guard.current();
    const status = HealthStatus.named('fleet').withAttribute('providers', this.directory.size);
    return failures.length === 0 ? status.up() : status.down(failures.map(describe).join('; '));
  }

  private follow(provider: Provider): void {
    const { countedZone: zone, countedAway: away } = provider;
    count(provider);
    if (away === undefined) return this.raise(this.guard.joined(provider.zone, provider.countedAway));
    if (provider.removed) return this.raise(this.guard.left(zone, away));
    if (zone !== provider.zone) {
      this.raise(this.guard.left(zone, away));
      this.raise(this.guard.joined(provider.zone, away));
    }
    if (provider.countedAway === away) return;
    if (away) this.raise(this.guard.returned(provider.zone));
    else this.raise(this.guard.went(provider.zone, this.running.nowMs()));
  }

  private raise(failures: readonly MassFailure[]): void {
    for (const failure of failures) {
      if (failure.kind === 'began') {
        this.logger.error(
          `${describe(failure)}: nobody is removed, and nobody told of single providers, until it ends`,
        );
      } else this.logger.warn(`${describe(failure)}: the mass failure has ended`);
      this.raised.next(failure);
    }
  }
}

function count(provider: Provider): void {
  provider.countedZone = provider.zone;
  provider.countedAway = provider.lease.state === 'Unavailable';
}

function describe({ scope, gone, of }: MassFailure): string {
  const where = scope === 'fleet' ? 'the fleet' : `zone ${scope.zone}`;
  return `${gone} of ${of} providers of ${where} are silent`;
}
