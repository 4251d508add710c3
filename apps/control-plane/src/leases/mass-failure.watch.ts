import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IntervalPolicy } from '@vitals/core/lease';
import type { MemberStanding } from '@vitals/core/mass-failure';
import { Health, HealthComponent, HealthStatus } from '@vitals/health';
import { MassFailureTracker } from '../mass-failures/mass-failure.tracker.js';
import { TrackerParts } from '../mass-failures/tracker.parts.js';
import type { Provider } from '../providers/provider.js';
import { ProviderDirectory } from '../providers/provider.directory.js';

/** Tells the failure of a zone or of the fleet from that of its providers. */
@Injectable()
@HealthComponent({ name: 'fleet', type: 'scheduler.fleet' })
export class MassFailureWatch extends MassFailureTracker<Provider> implements OnModuleInit {
  constructor(
    private readonly directory: ProviderDirectory,
    policy: IntervalPolicy,
    parts: TrackerParts,
  ) {
    super('provider', policy.allowedSilenceMs(policy.settings.baseMs), parts);
  }

  /** The providers of before the restart are there by now. */
  onModuleInit(): void {
    this.recover();
    this.directory.changed.subscribe((provider) => this.follow(provider, provider.removed));
  }

  protected members(): Iterable<Provider> {
    return this.directory.all();
  }

  protected standingOf({ zone, lease, stateSinceMs }: Provider): MemberStanding {
    return { zone, awaySinceMs: lease.state === 'Unavailable' ? stateSinceMs : undefined };
  }

  @Health({ name: 'fleet', kinds: ['wellness'], critical: false })
  check(): HealthStatus {
    return this.healthOf(HealthStatus.named('fleet').withAttribute('providers', this.directory.size));
  }
}
