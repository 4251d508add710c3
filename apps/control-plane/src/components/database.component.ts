import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type HealthIndicatorResult, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { AvailabilityState, Health, HealthComponent } from '@vitals/health';

/** The control plane's own database. */
@Injectable()
@HealthComponent({ name: 'database', type: 'state.sqlite' })
export class DatabaseComponent implements OnApplicationBootstrap {
  constructor(
    private readonly typeOrm: TypeOrmHealthIndicator,
    private readonly availability: AvailabilityState,
  ) {
    this.availability.outboundTarget('database');
  }

  /** TypeORM has connected and migrated before any bootstrap hook runs. */
  onApplicationBootstrap(): void {
    this.availability.outboundTarget('database').ready();
  }

  @Health({ name: 'database', kinds: ['readiness'], external: true })
  async check(): Promise<HealthIndicatorResult> {
    return await this.typeOrm.pingCheck('database', { timeout: 700 });
  }
}
