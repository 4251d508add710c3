import {
  type AvailabilityState,
  BOOTSTRAP_TARGET,
  type HealthEvents,
  type HealthRegistry,
  type HealthService,
  SHUTDOWN_TARGET,
} from '@vitals/health';
import type { Phase } from './wire/provider.js';

/** The phase of an app, from its own readiness. */
export class ReadinessPhase {
  constructor(
    private readonly health: HealthService,
    private readonly availability: AvailabilityState,
    private readonly events: HealthEvents,
    private readonly registry: HealthRegistry,
  ) {}

  /** `Starting` until every bootstrap hook has run, `Draining` once the app shuts down, else as its checks say. */
  async current(): Promise<Phase> {
    const notReady = this.availability.notReady();
    if (notReady.includes(SHUTDOWN_TARGET)) return 'Draining';
    if (notReady.includes(BOOTSTRAP_TARGET)) return 'Starting';
    const { state } = await this.health.report({ kind: 'readiness' });
    return state === 'DOWN' ? 'NotReady' : 'Ready';
  }

  /** Calls `changed` when the phase may be another: the app takes work or ceases to, a readiness check turned. */
  watch(changed: () => void): () => void {
    const ends = [
      this.events.on('availability', changed),
      this.events.on('check', ({ id }) => {
        if (this.registry.get(id)?.kinds.includes('readiness')) changed();
      }),
    ];
    return () => ends.forEach((end) => end());
  }
}
