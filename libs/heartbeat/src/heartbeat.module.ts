import {
  type BeforeApplicationShutdown,
  ConfigurableModuleBuilder,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { AvailabilityState, BOOTSTRAP_TARGET, HealthService } from '@vitals/health';
import type { HeartbeatAgentOptions, Phase } from './agent.options.js';
import { HeartbeatAgent } from './heartbeat.agent.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<HeartbeatAgentOptions>().setClassMethodName('forRoot').build();

/**
 * Makes a Nest app a provider. Import `HealthModule` too: unless `phase` is given, the phase follows from the
 * app's own readiness: `Starting` until Nest has started it, then `Ready` while it is up, else `NotReady`.
 */
@Module({
  providers: [
    {
      provide: HeartbeatAgent,
      inject: [
        MODULE_OPTIONS_TOKEN,
        { token: HealthService, optional: true },
        { token: AvailabilityState, optional: true },
      ],
      useFactory: (
        options: HeartbeatAgentOptions,
        health?: HealthService,
        availability?: AvailabilityState,
      ) => new HeartbeatAgent({ ...options, phase: options.phase ?? readinessPhase(health, availability) }),
    },
  ],
  exports: [HeartbeatAgent],
})
export class HeartbeatModule
  extends ConfigurableModuleClass
  implements OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly logger = new Logger('Heartbeat');

  constructor(@Inject(HeartbeatAgent) private readonly agent: HeartbeatAgent) {
    super();
  }

  onApplicationBootstrap(): void {
    this.agent
      .on('registered', ({ generation }) => this.logger.log(`registered, generation ${generation}`))
      .on('failed', ({ reason, retryInMs }) =>
        this.logger.warn(`heartbeat failed: ${reason}; next try in ${retryInMs} ms`),
      )
      .on('refused', ({ reason }) =>
        this.logger.error(`the control plane refuses this provider, heartbeats have stopped: ${reason}`),
      )
      .start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.agent.stop();
  }
}

/** @throws VitalsError `declaration-invalid` if there is nothing that the phase could follow from */
function readinessPhase(health?: HealthService, availability?: AvailabilityState): () => Promise<Phase> {
  if (!health || !availability) {
    throw new VitalsError(
      'declaration-invalid',
      'HeartbeatModule computes the phase from the readiness of the app: import HealthModule too, or give phase',
    );
  }
  return async () => {
    if (availability.notReady().includes(BOOTSTRAP_TARGET)) return 'Starting';
    const { state } = await health.report({ kind: 'readiness' });
    return state === 'DOWN' ? 'NotReady' : 'Ready';
  };
}
