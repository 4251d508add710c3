import {
  type BeforeApplicationShutdown,
  ConfigurableModuleBuilder,
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  Optional,
} from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { requireAsyncOptions } from '@vitals/core/options';
import { Clock, SystemClock } from '@vitals/core/time';
import {
  AvailabilityState,
  HealthEvents,
  HealthRegistry,
  HealthService,
  warnWithoutShutdownHooks,
} from '@vitals/health';
import type { HeartbeatAgentOptions } from './agent/agent.options.js';
import { HeartbeatAgent } from './agent/heartbeat.agent.js';
import { ReadinessPhase } from './readiness.phase.js';
import { logAgent } from './telemetry/agent.log.js';

const { ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<HeartbeatAgentOptions>().setClassMethodName('forRoot').build();

/** What of `@vitals/health` the phase follows from. */
const SOURCES = [HealthService, AvailabilityState, HealthEvents, HealthRegistry];

/**
 * Makes a Nest app a provider. Import `HealthModule` too: unless `phase` or `readiness` is given, the phase
 * follows from the app's own readiness, and a change of it is sent at once. `Draining` is sent when the app
 * shuts down, for which `enableShutdownHooks()` is needed.
 */
@Module({
  providers: [
    {
      provide: ReadinessPhase,
      inject: [MODULE_OPTIONS_TOKEN, ...SOURCES.map((token) => ({ token, optional: true }))],
      useFactory: readinessOf,
    },
    {
      provide: HeartbeatAgent,
      inject: [
        MODULE_OPTIONS_TOKEN,
        { token: ReadinessPhase, optional: true },
        { token: Clock, optional: true },
      ],
      useFactory: (options: HeartbeatAgentOptions, readiness?: ReadinessPhase, clock?: Clock) =>
        new HeartbeatAgent(readiness ? { ...options, readiness: () => readiness.current() } : options, clock),
    },
  ],
  exports: [HeartbeatAgent],
})
export class HeartbeatModule
  extends ConfigurableModuleClass
  implements OnApplicationBootstrap, BeforeApplicationShutdown
{
  /** Like `forRoot`, with options from a factory; one that gives none fails the boot. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return requireAsyncOptions('HeartbeatModule', MODULE_OPTIONS_TOKEN, super.forRootAsync(options));
  }

  private unwatch: (() => void) | undefined;
  private cancelWarning: (() => void) | undefined;

  constructor(
    @Inject(HeartbeatAgent) private readonly agent: HeartbeatAgent,
    @Optional() @Inject(ReadinessPhase) private readonly readiness?: ReadinessPhase,
    @Optional() @Inject(Clock) private readonly clock: Clock = new SystemClock(),
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    const logger = new Logger('Heartbeat');
    const warn = (message: string): void => logger.warn(message);
    // no debug: Nest's default logger would show a line for each heartbeat
    logAgent(this.agent, { log: (line) => logger.log(line), warn, error: (line) => logger.error(line) });
    this.cancelWarning = warnWithoutShutdownHooks(this.clock, warn, 'Draining is not sent');
    this.unwatch = this.readiness?.watch(() => this.agent.reconsiderPhase());
    this.agent.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.cancelWarning?.();
    this.unwatch?.();
    await this.agent.stop();
  }
}

/**
 * @returns `undefined` if the app says its phase itself
 * @throws VitalsError `declaration-invalid` if there is nothing that the phase could follow from
 */
function readinessOf(
  options: HeartbeatAgentOptions,
  health?: HealthService,
  availability?: AvailabilityState,
  events?: HealthEvents,
  registry?: HealthRegistry,
): ReadinessPhase | undefined {
  if (options.phase || options.readiness) return undefined;
  if (health && availability && events && registry)
    return new ReadinessPhase(health, availability, events, registry);
  throw new VitalsError(
    'declaration-invalid',
    'HeartbeatModule computes the phase from the readiness of the app: import HealthModule too, or give phase',
  );
}
