import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type HealthIndicatorResult, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { AvailabilityState, Health, HealthComponent, HealthStatus } from '@vitals/health';
import { Database } from '../database/database.js';
import { Journal } from '../database/journal.js';

/** A write that failed longer ago says nothing about now, in milliseconds; what waits is tried every second. */
const FAILURE_COUNTS_FOR_MS = 10_000;

/** The control plane's own database. */
@Injectable()
@HealthComponent({ name: 'database', type: 'state.sqlite' })
export class DatabaseComponent implements OnApplicationBootstrap {
  constructor(
    private readonly typeOrm: TypeOrmHealthIndicator,
    private readonly journal: Journal,
    private readonly database: Database,
    private readonly availability: AvailabilityState,
  ) {
    this.availability.outboundTarget('database');
  }

  /** TypeORM has connected and migrated before any bootstrap hook runs. */
  onApplicationBootstrap(): void {
    this.availability.outboundTarget('database').ready();
  }

  @Health({ name: 'database', kinds: ['readiness'], external: true })
  async check(): Promise<HealthIndicatorResult | HealthStatus> {
    const fault = this.database.fault();
    if (fault !== undefined) return HealthStatus.named('database').down(fault);
    const failure = this.journal.recentFailure(FAILURE_COUNTS_FOR_MS);
    if (failure !== undefined) return HealthStatus.named('database').down(`writing fails: ${failure}`);
    return await this.typeOrm.pingCheck('database', { timeout: 700 });
  }
}
