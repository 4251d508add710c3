import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { type HealthIndicatorResult, TerminusModule, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { AvailabilityState, Health, HealthComponent, HealthStatus } from '@vitals/health';
import { Database } from '../database/database.js';
import { Journal } from '../database/journal.js';
import { AtShutdown } from '../shutdown/stages.js';

/** A write that failed longer ago says nothing about now, in milliseconds; what waits is tried every second. */
const FAILURE_COUNTS_FOR_MS = 10_000;

/** The control plane's own database. */
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

@HealthComponent({ name: 'database', type: 'state.postgresql' })
class PostgresComponent extends DatabaseComponent {}

function databaseComponent(
  typeOrm: TypeOrmHealthIndicator,
  journal: Journal,
  database: Database,
  availability: AvailabilityState,
): DatabaseComponent {
  const Component = database.product === 'postgresql' ? PostgresComponent : DatabaseComponent;
  return new Component(typeOrm, journal, database, availability);
}

/** Resolution of the measurement, in milliseconds; also the least that it reports. */
const RESOLUTION_MS = 20;
/** A mean delay beyond this keeps heartbeats waiting, in milliseconds. */
const LATE_MS = 200;

/** The event loop: whether this process gets round to its work. */
@Injectable()
@HealthComponent({ name: 'event-loop', type: 'runtime.node' })
export class EventLoopComponent implements OnApplicationBootstrap {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  /** From then on somebody may be kept waiting. */
  onApplicationBootstrap(): void {
    this.delay.enable();
  }

  @AtShutdown('close')
  stop(): void {
    this.delay.disable();
  }

  /** Judges the time since it was asked last. */
  @Health({ name: 'event-loop', kinds: ['readiness', 'wellness'], critical: false })
  check(): HealthStatus {
    const meanMs = this.delay.count > 0 ? this.delay.mean / 1e6 : 0;
    const p99Ms = this.delay.count > 0 ? this.delay.percentile(99) / 1e6 : 0;
    this.delay.reset();
    const status = HealthStatus.named('event-loop')
      .withAttribute('meanDelayMs', Math.round(meanMs * 10) / 10)
      .withAttribute('p99DelayMs', Math.round(p99Ms * 10) / 10);
    return meanMs > LATE_MS
      ? status.down(`callbacks are ${Math.round(meanMs)} ms late on average`)
      : status.up();
  }
}

/** The health of the control plane itself: its database and its event loop. */
@Module({
  imports: [TerminusModule],
  providers: [
    {
      provide: DatabaseComponent,
      inject: [TypeOrmHealthIndicator, Journal, Database, AvailabilityState],
      useFactory: databaseComponent,
    },
    EventLoopComponent,
  ],
})
export class ComponentsModule {}
