import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DEFAULT_MASS_FAILURE, type MassFailure, MassFailureGuard } from '@vitals/core/lease';
import { Clock, RunningClock } from '@vitals/core/time';
import { Health, HealthComponent, HealthStatus } from '@vitals/health';
import { Subject } from 'rxjs';
import type { Check } from './check.js';
import { type CheckChanged, CheckDirectory } from './check.directory.js';

/** Failures within this time count as one event, in milliseconds: checks find the same fault one after the other. */
const WINDOW_MS = 60_000;

/** What the guard counted of a check. */
interface Counted {
  readonly zone: string | undefined;
  away: boolean;
}

/**
 * Tells the failure of an environment, or of everything, from that of single services: while it goes on nobody is
 * removed. An environment is what services have as their tag; checks without a service do not count.
 */
@Injectable()
@HealthComponent({ name: 'services', type: 'scheduler.checks' })
export class CheckMassFailure implements OnApplicationBootstrap {
  private readonly logger = new Logger('MassFailure');
  private readonly guard = new MassFailureGuard({ ...DEFAULT_MASS_FAILURE, windowMs: WINDOW_MS });
  private readonly counted = new Map<Check, Counted>();
  private readonly raised = new Subject<MassFailure>();

  /** One event when a mass failure begins, and one when it ends. */
  readonly alarms = this.raised.asObservable();

  constructor(
    private readonly directory: CheckDirectory,
    private readonly clock: Clock,
    private readonly running: RunningClock,
  ) {}

  /** The checks of before the restart are there by now. */
  onApplicationBootstrap(): void {
    const nowMs = this.clock.wallMs();
    const recovered = [...this.directory.all()].filter(({ service }) => service);
    for (const check of recovered) this.counted.set(check, { zone: zoneOf(check), away: isAway(check) });
    const values = recovered.map((check) => ({
      zone: zoneOf(check),
      unavailableMsAgo: isAway(check) ? nowMs - check.sinceMs : undefined,
    }));
    this.guard.recover(values, this.running.nowMs());
    this.directory.changed.subscribe((change) => this.follow(change));
  }

  /** Whether nobody of its environment may be removed now. */
  isFrozen(check: Check): boolean {
    return this.guard.isFrozen(zoneOf(check));
  }

  @Health({ name: 'services', kinds: ['wellness'], critical: false })
  check(): HealthStatus {
    const failures = this.guard.current();
    const status = HealthStatus.named('services').withAttribute('checks', this.directory.size);
    return failures.length === 0 ? status.up() : status.down(failures.map(describe).join('; '));
  }

  private follow({ check, what }: CheckChanged): void {
    if (!check.service) return;
    const zone = zoneOf(check);
    const known = this.counted.get(check);
    if (what === 'removed') {
      if (known) this.raise(this.guard.left(zone, known.away));
      this.counted.delete(check);
    } else if (!known) {
      this.counted.set(check, { zone, away: isAway(check) });
      this.raise(this.guard.joined(zone, isAway(check)));
    } else if (known.away !== isAway(check)) {
      known.away = isAway(check);
      this.raise(known.away ? this.guard.went(zone, this.running.nowMs()) : this.guard.returned(zone));
    }
  }

  private raise(failures: readonly MassFailure[]): void {
    for (const failure of failures) {
      if (failure.kind === 'began')
        this.logger.error(`${describe(failure)}: nobody is removed until it ends`);
      else this.logger.warn(`${describe(failure)}: the mass failure has ended`);
      this.raised.next(failure);
    }
  }
}

function zoneOf({ service }: Check): string | undefined {
  return service?.tag;
}

function isAway({ state }: Check): boolean {
  return state.verdict === 'Critical';
}

function describe({ scope, gone, of }: MassFailure): string {
  const where = scope === 'fleet' ? 'all services' : `the services of ${scope.zone}`;
  return `${gone} of ${of} checks of ${where} are critical`;
}
