import 'reflect-metadata';
import {
  type INestApplicationContext,
  Injectable,
  type LoggerService,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Clock } from '@vitals/core/time';
import { HealthModule, type HealthModuleOptions, HealthStatus, Liveness, Readiness } from '@vitals/health';
import type { HeartbeatAgentOptions } from '../src/agent/agent.options.js';
import { HeartbeatModule } from '../src/index.js';
import type { FakeControlPlane } from './fake-control-plane.js';
import { afterEachTest } from '../../../test/environment/after-each-test.js';

/** What a provider app depends on. */
export class Surroundings {
  ready = true;
  alive = true;
  /** Bootstrap waits for it. */
  warm: Promise<void> = Promise.resolve();
}

@Injectable()
class Worker implements OnApplicationBootstrap {
  constructor(private readonly surroundings: Surroundings) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.surroundings.warm;
  }

  @Readiness('worker')
  check(): HealthStatus {
    return this.surroundings.ready ? HealthStatus.up() : HealthStatus.down('no work today');
  }

  @Liveness('pulse')
  pulse(): boolean {
    return this.surroundings.alive;
  }
}

/** How a provider app is set up. */
export interface ProviderAppOptions {
  readonly how?: 'forRoot' | 'forRootAsync';
  readonly health?: HealthModuleOptions;
  readonly agent?: Partial<HeartbeatAgentOptions>;
  /** Instead of the clock of the machine. */
  readonly clock?: Clock;
  /** Default one that is silent. */
  readonly logger?: LoggerService;
}

const SILENT = { log: () => undefined, warn: () => undefined, error: () => undefined };

const apps: INestApplicationContext[] = [];

afterEachTest(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

/** Boots a Nest app that is a provider of this control plane; closed after the test. */
export async function bootProvider(
  controlPlane: FakeControlPlane,
  surroundings: Surroundings,
  { how = 'forRoot', health = {}, agent, clock, logger = SILENT }: ProviderAppOptions = {},
): Promise<INestApplicationContext> {
  const options: HeartbeatAgentOptions = {
    controlPlane: controlPlane.url,
    name: 'vm-1',
    register: { endpoint: 'http://vm-1:8080', service_type: 'vm', schema_version: '1' },
    ...agent,
  };
  @Module({
    imports: [
      HealthModule.forRoot(health),
      how === 'forRoot'
        ? HeartbeatModule.forRoot(options)
        : HeartbeatModule.forRootAsync({ useFactory: () => Promise.resolve(options) }),
    ],
    providers: [{ provide: Surroundings, useValue: surroundings }, Worker],
  })
  class App {}
  const building = Test.createTestingModule({ imports: [App] }).setLogger(logger);
  if (clock) building.overrideProvider(Clock).useValue(clock);
  const app = await (await building.compile()).init();
  apps.push(app);
  return app;
}
