import {
  type AvailabilityState,
  BOOTSTRAP_TARGET,
  type HealthEvents,
  type HealthRegistry,
  type HealthService,
  SHUTDOWN_TARGET,
} from '@vitals/health';
import type { Phase } from './wire/provider.js';

/** What of `@vitals/health` the phase follows from. */
export interface ReadinessSources {
  readonly health: HealthService;
  readonly availability: AvailabilityState;
  readonly events: HealthEvents;
  readonly registry: HealthRegistry;
}

/** The phase of an app, from its own readiness. */
export class ReadinessPhase {
  constructor(private readonly sources: ReadinessSources) {}

  /** `Starting` until every bootstrap hook has run, `Draining` once the app shuts down, else as its checks say. */
  async current(): Promise<Phase> {
    const { availability, health } = this.sources;
    const notReady = availability.notReady();
    if (notReady.includes(SHUTDOWN_TARGET)) return 'Draining';
    if (notReady.includes(BOOTSTRAP_TARGET)) return 'Starting';
    const { state } = await health.report({ kind: 'readiness' });
    return state === 'DOWN' ? 'NotReady' : 'Ready';
  }

  /** Calls `changed` when the phase may be another: the app takes work or ceases to, a readiness check turned. */
  watch(changed: () => void): () => void {
    const { events, registry } = this.sources;
    const ends = [
      events.on('availability', changed),
      events.on('check', ({ id }) => {
        if (registry.get(id)?.kinds.includes('readiness')) changed();
      }),
    ];
    return () => ends.forEach((end) => end());
  }
}
