import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Health, HealthComponent, HealthStatus } from '@vitals/health';
import { AtShutdown } from '../shutdown/stages.js';

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
