import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { MemberStanding } from '@vitals/core/mass-failure';
import { Health, HealthComponent, HealthStatus } from '@vitals/health';
import { MassFailureTracker } from '../mass-failures/mass-failure.tracker.js';
import { TrackerParts } from '../mass-failures/tracker.parts.js';
import type { Check } from './check.js';
import { CheckDirectory } from './check.directory.js';

/** Checks find the same fault one after the other. */
const WINDOW_MS = 60_000;

/**
 * Tells the failure of an environment, or of everything, from that of single services: while it goes on nobody is
 * removed who is in it. An environment is what services have as their tag; checks without a service do not count.
 */
@Injectable()
@HealthComponent({ name: 'services', type: 'scheduler.checks' })
export class CheckMassFailure extends MassFailureTracker<Check> implements OnApplicationBootstrap {
  constructor(
    private readonly directory: CheckDirectory,
    parts: TrackerParts,
  ) {
    super('service', WINDOW_MS, parts);
  }

  /** The checks of before the restart are there by now. */
  onApplicationBootstrap(): void {
    this.recover();
    this.directory.changed.subscribe(({ check, what }) => {
      if (check.service) this.follow(check, what === 'removed');
    });
  }

  override isFrozen(check: Check): boolean {
    return check.service !== undefined && super.isFrozen(check);
  }

  protected *members(): Generator<Check> {
    for (const check of this.directory.all()) if (check.service) yield check;
  }

  protected standingOf({ service, state, failedAtMs, sinceMs }: Check): MemberStanding {
    const awaySinceMs = state.verdict === 'Critical' ? (failedAtMs ?? sinceMs) : undefined;
    return { zone: service?.tag, awaySinceMs };
  }

  @Health({ name: 'services', kinds: ['wellness'], critical: false })
  check(): HealthStatus {
    return this.healthOf(HealthStatus.named('services').withAttribute('checks', this.directory.size));
  }
}
